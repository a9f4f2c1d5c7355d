export type { Segment } from './api/answer';
export { identify } from './audio/formats/identify';
export { inspectAudio, type AudioInfo, type AudioInput } from './audio/recording';
export { bytesSource, type ByteSource } from './audio/source/bytes';
export { Yielder } from './flow/yielder';
export { streamSource, type ClosableSource } from './audio/source/stream';
export { clean, listed, MAX_VALUE, shownValue } from './errors/clean';
export { GlmAsrError, inputError } from './errors/error';
export type { OwnCode } from './errors/ownCodes';
export { beginning, clock } from './errors/text';
export { ownError, storageError } from './errors/unexpected';
export { checkKey, warningOfKey } from './api/keys';
export { DEFAULT_MODEL, limitsOf, modelChoices, type ModelLimits } from './api/models';
export { checkOption, readOptions } from './checkOptions';
export {
	OPTIONS,
	type Option,
	type OptionFields,
	type OptionName,
	type OptionValues,
} from './options';
export {
	DEFAULT_PLATFORM,
	HOSTED_PLATFORMS,
	modelsUrl,
	resolveBaseUrl,
	type Platform,
	type ServiceAddress,
} from './api/platforms';
export type { Progress, Transcription } from './result';
export { transcribe, type TranscriptionEvent, type TranscriptionOptions } from './transcribe';
export { inOrder } from './flow/inOrder';
export { Share } from './flow/sharedLimiter';
export type { Connection, FormField, FormRequest, HttpAnswer, Transport } from './api/transport';
