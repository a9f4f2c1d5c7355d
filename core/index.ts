export type { Segment } from './api/answer';
export { identify } from './audio/formats/identify';
export { inspectAudio, type AudioInfo, type AudioInput } from './audio/recording';
export { bytesSource, type ByteSource } from './audio/source/bytes';
export { streamSource, type ClosableSource } from './audio/source/stream';
export { GlmAsrError, inputError } from './errors/error';
export type { OwnCode } from './errors/ownCodes';
export { clock } from './errors/text';
export { DEFAULT_MODEL, limitsOf, modelChoices, type ModelLimits } from './api/models';
export { readOptions } from './checkOptions';
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
export { runAhead } from './flow/runAhead';
export type { Connection, FormField, FormRequest, HttpAnswer, Transport } from './api/transport';
