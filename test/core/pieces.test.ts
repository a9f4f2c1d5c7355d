import { checkOptions } from '../../core/checkOptions';
import { pieceLimits } from '../../core/pieces';

const longest = (model: string, maxChunkSeconds?: number) =>
	pieceLimits(checkOptions({ model, maxChunkSeconds }, 'custom').checked).maxSeconds;

test.each([
	['glm-asr-2512', 30],
	['glm-asr', 60],
	['one-of-my-own', Infinity],
])('A piece for %s has at most %d seconds where the user sets nothing or 0', (model, seconds) => {
	expect([longest(model), longest(model, 0)]).toEqual([seconds, seconds]);
});

test('A piece is as short as the user wants, but never under 2 seconds nor over what the model takes', () => {
	expect([1, 2, 45, 100].map((wanted) => longest('glm-asr', wanted))).toEqual([2, 2, 45, 60]);
});
