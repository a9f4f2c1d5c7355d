import {
	checkOption,
	inputError,
	OPTIONS,
	readOptions,
	type OptionFields,
	type OptionValues,
} from '../../core';

/** Not checked yet: `core` does that, so that both hosts give the same errors. */
export type NodeOptions = OptionValues & { model: string };

/**
 * The options for one message: those of the node, each of which may be missing, and over them what
 * `msg.glmAsr` sets.
 *
 * @throws GlmAsrError `invalid_parameter` when `msg.glmAsr` is not an object
 */
export function optionsFor(node: OptionFields, override: unknown): NodeOptions {
	const { model, ...options } = readOptions(node, { areNumbersText: true });
	return {
		model: model || OPTIONS.model.default,
		...options,
		...readOptions(checkOverride(override)),
	};
}

/**
 * How many recordings a message may bring.
 *
 * @throws GlmAsrError `invalid_parameter`
 */
export function mostRecordings({ maxRecordings }: NodeOptions): number {
	return checkOption('maxRecordings', maxRecordings) as number;
}

function checkOverride(override: unknown): object {
	if (override === undefined || override === null) return {};
	if (typeof override === 'object' && !Array.isArray(override)) return override;
	throw inputError(
		'invalid_parameter',
		`msg.glmAsr is ${Array.isArray(override) ? 'an array' : `a ${typeof override}`}.`,
		'It must be an object with options of this node, for example { "prompt": "…" }.',
	);
}
