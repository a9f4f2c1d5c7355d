import { GlmAsrError, type ErrorParts } from './error';
import type { Meaning } from './meaning';

/** What every error of one request tells of that request. */
export interface RequestContext {
	fileName: string;
	requestId?: string;
	/** The API key, struck out of everything the service said. */
	secret?: string;
}

/** The error of a request that failed for a known reason. */
export function requestError(
	{ fileName, requestId }: RequestContext,
	{ says, cure, retryable = false, pressure, isAboutAudio = false }: Meaning,
	parts: Omit<ErrorParts, 'problem' | 'cure'>,
): GlmAsrError {
	return new GlmAsrError({
		problem: `"${fileName}" was not transcribed: ${says}`,
		reason: says,
		cure,
		requestId,
		retryable,
		pressure,
		isAboutPiece: retryable || isAboutAudio,
		...parts,
	});
}
