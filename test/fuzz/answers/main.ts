import { parseArgs } from 'node:util';

import { attemptAnswer } from './attempt';
import { answerCase } from './cases';

const { values } = parseArgs({
	options: {
		cases: { type: 'string', default: '20000' },
		seed: { type: 'string', default: '1' },
		/** The number of the first case; with `--cases 1` the only one. */
		from: { type: 'string', default: '0' },
	},
});
const REPORT_EVERY = 1000;

/** Tries answers one after the other; the first line of one that hangs is the last that is printed. */
async function main(): Promise<void> {
	const seed = Number(values.seed);
	const from = Number(values.from);
	const to = from + Number(values.cases);
	const outcomes = { text: 0, refused: 0 };
	const worst = { spent: 0, held: 0 };
	let failed = 0;
	for (let index = from; index < to; index++) {
		const answer = answerCase(seed, index);
		const { outcome, spent, held, faults } = await attemptAnswer(answer);
		outcomes[outcome]++;
		worst.spent = Math.max(worst.spent, spent);
		worst.held = Math.max(worst.held, held);
		for (const fault of faults) {
			failed++;
			console.log(
				`\nFAILED --seed ${seed} --from ${index} --cases 1 (${answer.description})\n${fault}`,
			);
		}
		if ((index - from) % REPORT_EVERY === REPORT_EVERY - 1)
			console.log(`${index - from + 1} cases`);
	}
	console.log(
		`
${to - from} cases: ${failed} failed
${outcomes.text} gave a text, ${outcomes.refused} a clear error
longest work: ${worst.spent.toFixed(2)} s, longest hold: ${worst.held.toFixed(0)} ms`,
	);
	process.exitCode = failed > 0 ? 1 : 0;
}

void main();
