import { attemptAnswer } from '../../fuzz/answers/attempt';
import { answerCase } from '../../fuzz/answers/cases';

/** More come with `npm run fuzz:answers`. */
const CASES = 150;

test('Hostile answers give a text or a clear error, at a cost that grows with their length', async () => {
	const faults: string[] = [];
	for (let index = 0; index < CASES; index++) {
		const answer = answerCase(9, index);
		const attempt = await attemptAnswer(answer);
		for (const fault of attempt.faults) faults.push(`${index} (${answer.description}): ${fault}`);
	}
	expect(faults).toEqual([]);
}, 120_000);
