import { UnreadableAudioError, TruncatedAudioError } from '../../../../core/audio/errors';
import { decodeAmr, inspectAmr } from '../../../support/audio/formats';
import { bytesSource } from '../../../../core/audio/source/bytes';
import { hearDigits } from '../../../../dev/service/dtmf';
import { DIGITS, ForwardSource } from '../../../support/audio/cutting';
import { ascii, concat, recording } from '../../../support/audio/recordings';
import { thrownBy } from '../../../support/core';

/** Everything a decoder gives, and what it throws at the end. */
async function heard(bytes: Uint8Array): Promise<{
	samples: Float32Array;
	sampleRate: number;
	error: unknown;
}> {
	const parts: Float32Array[] = [];
	let sampleRate = 0;
	let error: unknown;
	try {
		for await (const block of decodeAmr(new ForwardSource(bytes))) {
			expect(block.samples.length).toBeLessThanOrEqual(8192);
			parts.push(block.samples.slice());
			sampleRate = block.sampleRate;
		}
	} catch (thrown) {
		error = thrown;
	}
	const samples = Float32Array.from(parts.flatMap((part) => [...part]));
	return { samples, sampleRate, error };
}

const nb = recording('amr/digits-nb.amr');
const wb = recording('amr/digits-wb.amr');

describe.each<[string, Uint8Array, { codec: string; sampleRate: number; duration: number }]>([
	['AMR-NB', nb, { codec: 'amr_nb', sampleRate: 8000, duration: 5.58 }],
	['AMR-WB', wb, { codec: 'amr_wb', sampleRate: 16000, duration: 5.58 }],
])('%s', (_, bytes, made) => {
	test('lasts as long as its frames', async () => {
		const info = await inspectAmr(new ForwardSource(bytes));

		expect(info).toMatchObject({ codec: made.codec, sampleRate: made.sampleRate, channels: 1 });
		expect(Math.abs(info.duration - made.duration)).toBeLessThan(0.021);
	});

	test('is decoded to every digit at its time', async () => {
		const { samples, sampleRate, error } = await heard(bytes);
		const digits = hearDigits(samples, sampleRate);
		const info = await inspectAmr(bytesSource(bytes));

		expect(error).toBeUndefined();
		expect(samples).toHaveLength(Math.round(info.duration * info.sampleRate));
		expect(digits.map(({ digit }) => digit).join('')).toBe(DIGITS);
		expect(Math.abs(digits[0]!.start - 0.3)).toBeLessThan(0.02);
		expect(Math.abs(digits.at(-1)!.end - (made.duration - 0.3))).toBeLessThan(0.02);
	});

	test('does not fall from its highest peaks to the lowest level', async () => {
		const { samples } = await heard(bytes);

		expect(samples.some((sample, index) => sample === -1 && samples[index - 1]! > 0)).toBe(false);
	});

	test('that ends inside a frame gives what there was, then says so', async () => {
		const { samples, error } = await heard(concat(bytes, Uint8Array.of(0x3c)));

		expect(samples.length).toBeGreaterThan(0);
		expect(error).toBeInstanceOf(TruncatedAudioError);
	});

	test('that is damaged anywhere fails in no other way', async () => {
		let state = 7;
		const next = (below: number): number => {
			state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
			return Math.floor((state / 2 ** 32) * below);
		};
		for (let count = 0; count < 150; count++) {
			const damaged = bytes.slice(0, 9 + next(2000));
			for (let errors = next(30); errors > 0; errors--) damaged[next(damaged.length)] = next(256);
			const { error, samples } = await heard(damaged);

			expect(samples.every((sample) => sample >= -1 && sample <= 1)).toBe(true);
			if (error && !(error instanceof TruncatedAudioError)) {
				expect(error).toBeInstanceOf(UnreadableAudioError);
			}
		}
	});
});

describe('An AMR file', () => {
	test.each<[string, Uint8Array]>([
		['nothing but its mark', ascii('#!AMR\n')],
		['half a frame', nb.subarray(0, 10)],
		['several channels', concat(ascii('#!AMR_MC1.0\n'), nb.subarray(6))],
		['another mark', ascii('#!AMX\n0000000')],
		['a first frame of no type', concat(ascii('#!AMR\n'), new Uint8Array(20).fill(0x60))],
	])('with %s is damaged', async (_, bytes) => {
		expect(await thrownBy(() => inspectAmr(bytesSource(bytes)))).toBeInstanceOf(
			UnreadableAudioError,
		);
		expect((await heard(bytes)).error).toBeInstanceOf(UnreadableAudioError);
	});
});
