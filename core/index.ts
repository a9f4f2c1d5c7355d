export type { Segment } from './answer';
export { identify } from './audio/identify';
export { inspectAudio, type AudioInfo, type AudioInput } from './audio/inspect';
export { bytesSource, type ByteSource } from './audio/source';
export { streamSource, type ClosableSource } from './audio/streamSource';
export { clock, GlmAsrError, inputError, type OwnCode } from './errors';
export { DEFAULT_MODEL, limitsOf, modelChoices, type ModelLimits } from './models';
export { splitHotwords } from './parameters';
export { modelsUrl, resolveBaseUrl, type Platform, type ServiceAddress } from './platforms';
export {
	DEFAULT_CONCURRENCY,
	DEFAULT_MAX_RETRIES,
	DEFAULT_TIMEOUT,
	type Progress,
	transcribe,
	type Transcription,
	type TranscriptionEvent,
	type TranscriptionOptions,
} from './transcription';
export { inOrder } from './inOrder';
export { Limiter } from './limiter';
export { runAhead } from './runAhead';
export type { Connection, FormField, FormRequest, HttpAnswer, Transport } from './transport';
