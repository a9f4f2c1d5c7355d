import { TruncatedAudioError } from '../errors';
import type { StreamInfo } from '../streamInfo';
import { cutMp3, cutPcm, cutWav, type Limits, type Piece } from '../cut';
import { inspectMp3 } from './mp3';
import { withYields, type Yielder } from '../source/yielding';
import { type PcmBlock } from '../pcm';
import { Resampler } from '../resample/resampler';
import type { ByteSource } from '../source/bytes';
import { decodeWav, inspectWav, mp3In, readWavLayout } from './wav';

/** How recordings of one format are read. */
export interface Format {
	/** What people call it. */
	label: string;
	mimeType: string;
	/** Finds out codec, duration and so on without decoding. @throws DamagedAudioError */
	inspect(source: ByteSource): Promise<StreamInfo>;
	/**
	 * Pieces the service takes, in order, made as they are asked for.
	 *
	 * @throws DamagedAudioError when nothing can be read, TruncatedAudioError behind the last piece of
	 *   a recording that breaks off
	 */
	cut(source: ByteSource, limits: Limits, yielder: Yielder): AsyncIterable<Piece>;
}

type Decode = (source: ByteSource) => AsyncIterable<PcmBlock>;

/** What is decoded is sent as this: ample for speech recognition. */
const SAMPLE_RATE = 16_000;

/** The formats that can be read, by the names `identify` gives them. */
const FORMATS: Record<string, Format> = {
	wav: { label: 'WAV', mimeType: 'audio/wav', inspect: inspectWav, cut: cutAnyWav },
	mp3: { label: 'MP3', mimeType: 'audio/mpeg', inspect: inspectMp3, cut: cutMp3 },
	m4a: decoded('M4A or MP4', 'audio/mp4', async () => {
		const { inspectMp4, decodeMp4 } = await import('./mp4/mp4');
		return { inspect: inspectMp4, decode: decodeMp4 };
	}),
	aac: decoded('AAC', 'audio/aac', async () => {
		const { inspectAdts, decodeAdts } = await import('./adts');
		return { inspect: inspectAdts, decode: decodeAdts };
	}),
	ogg: decoded('Ogg', 'audio/ogg', async () => {
		const { inspectOgg, decodeOgg } = await import('./ogg/ogg');
		return { inspect: inspectOgg, decode: decodeOgg };
	}),
	webm: decoded('WebM or Matroska', 'audio/webm', async () => {
		const { inspectWebm, decodeWebm } = await import('./matroska/webm');
		return { inspect: inspectWebm, decode: decodeWebm };
	}),
	flac: decoded('FLAC', 'audio/flac', async () => {
		const { inspectFlac, decodeFlac } = await import('./flac');
		return { inspect: inspectFlac, decode: decodeFlac };
	}),
	amr: decoded('AMR', 'audio/amr', async () => {
		const { inspectAmr, decodeAmr } = await import('./amr');
		return { inspect: inspectAmr, decode: decodeAmr };
	}),
	aiff: decoded('AIFF', 'audio/aiff', async () => {
		const { inspectAiff, decodeAiff } = await import('./aiff');
		return { inspect: inspectAiff, decode: decodeAiff };
	}),
};

/** The format of a short name, as {@link identify} gives it; undefined when it cannot be read. */
export function formatOf(name: string): Format | undefined {
	return Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
}

/** The MIME type of a format that can be read. */
export function mimeTypeOf(name: string): string {
	return formatOf(name)?.mimeType ?? 'application/octet-stream';
}

/** What can be read, for an error that says so. */
export function readableFormats(): string {
	const labels = Object.values(FORMATS).map(({ label }) => label);
	return `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`;
}

/** A format that the service does not take. What reads it is loaded when the first recording comes. */
function decoded(
	label: string,
	mimeType: string,
	load: () => Promise<{ inspect: Format['inspect']; decode: Decode }>,
): Format {
	return {
		label,
		mimeType,
		inspect: async (source) => await (await load()).inspect(source),
		async *cut(source, limits, yielder) {
			const { decode } = await load();
			yield* cutDecoded(decode(source), limits, yielder);
		},
	};
}

/** PCM and MP3 inside WAV are cut without decoding. */
async function* cutAnyWav(
	source: ByteSource,
	limits: Limits,
	yielder: Yielder,
): AsyncGenerator<Piece> {
	const layout = await readWavLayout(source);
	if (layout.codec === 'mp3') yield* cutMp3(mp3In(source, layout), limits);
	else if (layout.codec === 'pcm') yield* cutWav(source, layout, limits);
	else yield* cutDecoded(decodeWav(source), limits, yielder);
}

function cutDecoded(
	blocks: AsyncIterable<PcmBlock>,
	limits: Limits,
	yielder: Yielder,
): AsyncIterable<Piece> {
	return cutPcm(resampled(withYields(blocks, yielder)), limits);
}

async function* resampled(blocks: AsyncIterable<PcmBlock>): AsyncGenerator<PcmBlock> {
	let resampler: Resampler | undefined;
	let truncation: TruncatedAudioError | undefined;
	try {
		for await (const { samples, sampleRate } of blocks) {
			resampler ??= new Resampler(sampleRate, SAMPLE_RATE);
			yield { samples: resampler.push(samples), sampleRate: SAMPLE_RATE };
		}
	} catch (error) {
		if (!(error instanceof TruncatedAudioError)) throw error;
		truncation = error;
	}
	if (resampler) yield { samples: resampler.flush(), sampleRate: SAMPLE_RATE };
	if (truncation) throw truncation;
}
