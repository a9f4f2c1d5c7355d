/**
 * The documented errors that the service answers with: HTTP status, code, message. `{}` is the field.
 * @see https://docs.z.ai/api-reference/api-code
 */
const REFUSALS = {
	wrongKey: [401, '1000', 'Authentication Failed'],
	noKey: [401, '1001', 'Authentication parameter not received in Header, unable to authenticate'],
	notMultipart: [400, '1210', 'Incorrect API call parameters: multipart/form-data is expected'],
	unknownModel: [400, '1211', 'Unknown Model, please check the model code: {}'],
	missing: [400, '1213', 'The {} parameter was not received properly'],
	invalid: [400, '1214', 'The {} parameter is invalid. Please check the documentation'],
	fileTooLarge: [435, '1214', 'The {} parameter is invalid: the file is larger than 25 MB'],
	noSuchApi: [404, '1222', 'The API {} does not exist'],
	duplicateRequest: [400, '1231', 'You already have a request: {}'],
	promptTooLong: [400, '1261', 'The {} parameter is too long'],
	tooManyAtOnce: [429, '1302', 'High concurrency usage of this API, please reduce concurrency'],
	internal: [500, '500', 'Internal error'],
} as const satisfies Record<string, readonly [number, string, string]>;

/** Thrown to answer a request with one of the service's errors. */
export class Refusal extends Error {
	readonly status: number;
	readonly code: string;

	/** @param subject the field, model, path or id that the message names; `detail` says what is wrong with it */
	constructor(reason: keyof typeof REFUSALS, subject = '', detail = '') {
		const [status, code, message] = REFUSALS[reason];
		super(message.replace('{}', subject) + (detail && `: ${detail}`));
		this.status = status;
		this.code = code;
	}

	/** The documented body. */
	get body() {
		return { error: { code: this.code, message: this.message } };
	}
}
