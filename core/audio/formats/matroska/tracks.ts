import {
	bytesOf,
	childrenOf,
	elementBudget,
	floatOf,
	textOf,
	unsignedOf,
	type ElementBudget,
} from './ebml';

/** An audio track as a Matroska file describes it (RFC 9559, section 5.1.4). */
export interface AudioTrack {
	number: number;
	/** Such as `A_OPUS`. */
	codecId: string;
	codecPrivate: Uint8Array;
	channels: number;
	/** Hertz. */
	sampleRate: number;
	/** Bits of a sample, where it is not compressed. */
	bitDepth: number;
	/** Bytes that were stripped from the beginning of every frame. */
	strippedBytes: Uint8Array;
	/** Frames are packed or encrypted in a way that is not undone here. */
	isEncoded: boolean;
}

const TRACK_ENTRY = 0xae;
const TRACK_NUMBER = 0xd7;
const TRACK_TYPE = 0x83;
const CODEC_ID = 0x86;
const CODEC_PRIVATE = 0x63a2;
const AUDIO = 0xe1;
const SAMPLING_FREQUENCY = 0xb5;
const CHANNELS = 0x9f;
const BIT_DEPTH = 0x6264;
const CONTENT_ENCODINGS = 0x6d80;
const CONTENT_ENCODING = 0x6240;
const CONTENT_COMPRESSION = 0x5034;
const COMPRESSION_ALGORITHM = 0x4254;
const COMPRESSION_SETTINGS = 0x4255;

const TYPE_AUDIO = 2;
const HEADER_STRIPPING = 3;
/** The defaults of an audio element. */
const DEFAULT_SAMPLE_RATE = 8000;

/** The audio tracks in the body of a Tracks element. */
export function parseAudioTracks(tracks: DataView): AudioTrack[] {
	const budget = elementBudget();
	return childrenOf(tracks, budget).flatMap(({ id, body }) => {
		const track = id === TRACK_ENTRY ? parseTrack(body, budget) : undefined;
		return track ? [track] : [];
	});
}

function parseTrack(entry: DataView, budget: ElementBudget): AudioTrack | undefined {
	let type = 0;
	const track: AudioTrack = {
		number: 0,
		codecId: '',
		codecPrivate: new Uint8Array(0),
		channels: 1,
		sampleRate: DEFAULT_SAMPLE_RATE,
		bitDepth: 0,
		strippedBytes: new Uint8Array(0),
		isEncoded: false,
	};
	for (const { id, body } of childrenOf(entry, budget)) {
		if (id === TRACK_NUMBER) track.number = unsignedOf(body);
		else if (id === TRACK_TYPE) type = unsignedOf(body);
		else if (id === CODEC_ID) track.codecId = textOf(body);
		else if (id === CODEC_PRIVATE) track.codecPrivate = bytesOf(body).slice();
		else if (id === AUDIO) readAudio(body, track, budget);
		else if (id === CONTENT_ENCODINGS) readEncodings(body, track, budget);
	}
	return type === TYPE_AUDIO ? track : undefined;
}

function readAudio(audio: DataView, track: AudioTrack, budget: ElementBudget): void {
	for (const { id, body } of childrenOf(audio, budget)) {
		if (id === CHANNELS) track.channels = unsignedOf(body);
		else if (id === SAMPLING_FREQUENCY) track.sampleRate = floatOf(body);
		else if (id === BIT_DEPTH) track.bitDepth = unsignedOf(body);
	}
}

function readEncodings(encodings: DataView, track: AudioTrack, budget: ElementBudget): void {
	for (const encoding of childrenOf(encodings, budget)) {
		if (encoding.id !== CONTENT_ENCODING) continue;
		const compression = childrenOf(encoding.body, budget).find(
			({ id }) => id === CONTENT_COMPRESSION,
		);
		const settings = compression ? childrenOf(compression.body, budget) : [];
		const algorithm = settings.find(({ id }) => id === COMPRESSION_ALGORITHM);
		const stripped = settings.find(({ id }) => id === COMPRESSION_SETTINGS);
		if (algorithm && unsignedOf(algorithm.body) === HEADER_STRIPPING) {
			track.strippedBytes = stripped ? bytesOf(stripped.body).slice() : track.strippedBytes;
		} else {
			track.isEncoded = true;
		}
	}
}
