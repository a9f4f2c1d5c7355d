/** What the service takes in one request for a model. */
export interface ModelLimits {
	/** The longest recording, in seconds. */
	maxSeconds: number;
	/** The largest file, in bytes. */
	maxBytes: number;
}

const MEGABYTE = 1024 * 1024;

/** Documented models and limits (docs.z.ai/api-reference/audio/audio-transcriptions), newest first. */
const KNOWN_MODELS: Record<string, ModelLimits> = {
	'glm-asr-2512': { maxSeconds: 30, maxBytes: 25 * MEGABYTE },
	'glm-asr': { maxSeconds: 60, maxBytes: 25 * MEGABYTE },
};

/** A server of the user's own refuses what is too long for it; 25 MB is what such servers commonly take. */
const UNKNOWN_MODEL: ModelLimits = { maxSeconds: Infinity, maxBytes: 25 * MEGABYTE };

/** The model a new node starts with. */
export const DEFAULT_MODEL = 'glm-asr-2512';

/** The limits that hold for one request to `model`. */
export function limitsOf(model: string): ModelLimits {
	const name = model.trim();
	return Object.hasOwn(KNOWN_MODELS, name) ? KNOWN_MODELS[name]! : UNKNOWN_MODEL;
}

/**
 * The models to offer in a list: the known ones first, then those the service lists whose name
 * suggests speech recognition. A service that lists only others (a server of the user's own)
 * has all of them offered.
 *
 * @param listed the body of `GET /models`, of which any part may be missing
 */
export function modelChoices(listed?: unknown): string[] {
	const known = Object.keys(KNOWN_MODELS);
	const ids = listedIds(listed).filter((id) => !known.includes(id));
	const speech = ids.filter((id) => /asr|whisper|transcri|speech/i.test(id));
	const isForeign = ids.length > 0 && !listedIds(listed).some((id) => known.includes(id));
	return [...new Set([...known, ...(speech.length === 0 && isForeign ? ids : speech)])];
}

function listedIds(listed: unknown): string[] {
	const data = (listed as { data?: unknown } | undefined)?.data;
	if (!Array.isArray(data)) return [];
	return data
		.map((entry) => (entry as { id?: unknown } | null)?.id)
		.filter((id) => typeof id === 'string');
}
