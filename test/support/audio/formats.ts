import { readParameters, type Decoder } from '../../../core/audio/codecs';
import type { PcmBlock, Silence } from '../../../core/audio/pcm';
import type { OpenedAudio } from '../../../core/audio/formats';
import { openAdts } from '../../../core/audio/formats/adts/open';
import { openAiff } from '../../../core/audio/formats/aiff/open';
import { openAmr } from '../../../core/audio/formats/amr/open';
import { openFlac } from '../../../core/audio/formats/flac/open';
import { openMatroska } from '../../../core/audio/formats/matroska/open';
import { openMp4 } from '../../../core/audio/formats/mp4/open';
import { openOgg } from '../../../core/audio/formats/ogg/open';
import { blockTrack } from '../../../core/audio/formats/blockTrack';
import { readWavLayout } from '../../../core/audio/formats/wav/layout';
import { openWav } from '../../../core/audio/formats/wav/open';
import type { ByteSource } from '../../../core/audio/source/bytes';
import type { StreamInfo } from '../../../core/audio/streamInfo';
import { playTrack } from '../../../core/audio/track/playTrack';

/** Decoders of a test's own, by codec. */
export type Decoders = Record<string, (config: Uint8Array) => Decoder>;

type Open = (source: ByteSource) => Promise<OpenedAudio>;

const inspecting =
	(open: Open) =>
	async (source: ByteSource): Promise<StreamInfo> =>
		await (await open(source)).inspect();

const decoding = (open: Open) =>
	async function* (source: ByteSource, decoders: Decoders = {}): AsyncGenerator<PcmBlock> {
		const { sound } = await open(source);
		if ('cut' in sound) throw new TypeError('This is sent as it is, not decoded.');
		const blocks = playTrack(sound, undefined, async (parameters) => {
			const make = decoders[parameters.codec];
			if (!make) return await readParameters(parameters);
			const { channels, sampleRate, config } = parameters;
			return {
				channels,
				sampleRate,
				preSkip: 0,
				duration: () => 0,
				open: async () => make(config),
			};
		});
		yield* withSilence(blocks);
	};

/** The same with silences as blocks. */
async function* withSilence(blocks: AsyncIterable<PcmBlock | Silence>): AsyncGenerator<PcmBlock> {
	for await (const block of blocks) {
		if ('samples' in block) yield block;
		else {
			for (let left = block.silence; left > 0; left -= 8192) {
				const samples = new Float32Array(Math.min(left, 8192));
				yield { samples, sampleRate: block.sampleRate };
			}
		}
	}
}

export const inspectAdts = inspecting(openAdts);
export const decodeAdts = decoding(openAdts);
export const inspectAiff = inspecting(openAiff);
export const decodeAiff = decoding(openAiff);
export const inspectAmr = inspecting(openAmr);
export const decodeAmr = decoding(openAmr);
export const inspectFlac = inspecting(openFlac);
export const decodeFlac = decoding(openFlac);
export const inspectMatroska = inspecting(openMatroska);
export const decodeMatroska = decoding(openMatroska);
export const inspectMp4 = inspecting(openMp4);
export const decodeMp4 = decoding(openMp4);
export const inspectOgg = inspecting(openOgg);
export const decodeOgg = decoding(openOgg);
export const inspectWav = inspecting(openWav);
/** Also what is sent without being decoded. */
export const decodeWav = decoding(async (source) => ({
	...(await openWav(source)),
	sound: blockTrack(source, await readWavLayout(source)),
}));
