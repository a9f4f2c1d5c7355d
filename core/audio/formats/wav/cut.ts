import { DamagedAudioError, TruncatedAudioError } from '../../errors';
import { readAll, type ByteSource } from '../../source/bytes';
import { assertUsual } from '../../streamInfo';
import type { WavLayout } from './layout';
import type { Limits, Piece } from '../../cut/piece';
import { PowerMeter } from '../../cut/powerMeter';
import { whatIsWorthSending } from '../../cut/repetition';
import { SampleStrip } from '../../cut/sampleStrip';
import { WAV_MIME_TYPE, type PcmFormat } from '../../cut/wavFile';

const BLOCK_BYTES = 64 * 1024;

/**
 * Cuts a WAV file of integer PCM, whatever its channels, rate and bits: pieces are slices of it.
 * Reads forward only.
 *
 * @param layout of the file, as `readWavLayout` reads it
 * @throws DamagedAudioError when it has no such samples
 * @throws UnsupportedAudioError when nobody records speech like that
 * @throws TruncatedAudioError after the last piece when the file promises more than it holds
 */
export async function* cutWav(
	source: ByteSource,
	layout: WavLayout,
	limits: Limits,
): AsyncGenerator<Piece> {
	const format = pcmFormat(layout);
	const { dataStart, blockBytes, missingBytes, isSizeStated, sampleCount } = layout;
	const isShort =
		source.size <= limits.maxBytes && sampleCount / format.sampleRate <= limits.maxSeconds;
	const soundBytes = sampleCount * blockBytes;
	if (isShort && isSizeStated) {
		yield wholePiece(await readAll(source), layout, format);
	} else {
		const strip = new SampleStrip(format, limits);
		for (let at = 0; at < soundBytes; at += BLOCK_BYTES) {
			const length = Math.min(BLOCK_BYTES, soundBytes - at);
			strip.push(await source.read(dataStart + at, length));
			while (strip.isFull()) yield strip.cut();
		}
		yield* strip.cutRest();
	}
	if (missingBytes > 0) throw new TruncatedAudioError('the file ends before its sound does');
}

function pcmFormat(layout: WavLayout): PcmFormat {
	const { parameters, blockBytes, sampleCount } = layout;
	const { codec, channels, sampleRate } = parameters;
	const sampleBytes = blockBytes / channels;
	if (codec !== 'pcm' || !(channels > 0) || ![1, 2, 3, 4].includes(sampleBytes)) {
		throw new DamagedAudioError('its "fmt" part describes no PCM');
	}
	assertUsual(parameters);
	if (sampleCount === 0) throw new DamagedAudioError('it holds no samples');
	return { channels, sampleRate, sampleBytes };
}

function wholePiece(bytes: Uint8Array, layout: WavLayout, format: PcmFormat): Piece {
	const { dataStart, blockBytes, sampleCount } = layout;
	const end = sampleCount / format.sampleRate;
	const meter = new PowerMeter(format);
	const samples = bytes.subarray(dataStart, dataStart + sampleCount * blockBytes);
	meter.measureRest(samples);
	return {
		bytes,
		format: 'wav',
		mimeType: WAV_MIME_TYPE,
		start: 0,
		end,
		offset: 0,
		overlap: 0,
		...whatIsWorthSending(samples, format, meter.powers, (step) =>
			Math.min(end, step * meter.stepSeconds),
		),
		isOnly: true,
	};
}
