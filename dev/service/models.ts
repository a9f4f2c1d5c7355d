/** The models that hear, and the longest audio each takes in seconds. */
export const SPEECH_MODELS: Record<string, { maxSeconds: number; hasSegments: boolean }> = {
	'glm-asr-2512': { maxSeconds: 30, hasSegments: false },
	'glm-asr': { maxSeconds: 60, hasSegments: true },
};

const OTHER_MODELS = ['glm-4.6', 'glm-4.5-air', 'cogview-4'];

/** The answer to `GET /models`, in OpenAI's shape: all models of the platform, not only those that hear. */
export function modelList() {
	const ids = [...OTHER_MODELS, ...Object.keys(SPEECH_MODELS)];
	return {
		object: 'list',
		data: ids.map((id) => ({ id, object: 'model', created: 1735689600, owned_by: 'z-ai' })),
	};
}
