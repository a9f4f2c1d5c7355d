import {
	NodeOperationError,
	sleep,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
} from 'n8n-workflow';

import {
	checkKey,
	modelsUrl,
	resolveBaseUrl,
	type Connection,
	type Platform,
	type ServiceAddress,
	type Transport,
} from '../../core';
import { encodeForm } from './multipart';

export const CREDENTIAL = 'glmAsrApi';
const CREDENTIAL_PLACE = 'the credential "GLM-ASR API"';

/** The service of the node's credential, reached through n8n: its proxies, guards and cancellation hold. */
export async function connect(
	context: IExecuteFunctions,
): Promise<{ connection: Omit<Connection, 'limiter'>; platform: Platform }> {
	const { apiKey, ...address } = await readCredential(context);
	if (address.platform !== 'custom' && apiKey === '') {
		throw new NodeOperationError(
			context.getNode(),
			'The credential "GLM-ASR API" has no API key.',
			{
				description: 'Enter the API key of the platform that is chosen in the credential.',
			},
		);
	}
	const baseUrl = resolveBaseUrl(address);
	return {
		connection: {
			baseUrl,
			transport: transportOf(context),
			yieldToEventLoop,
			sleep: wait,
			after,
			// Executions take turns.
			owner: context.getExecutionId(),
			secret: apiKey,
		},
		platform: address.platform,
	};
}

export const yieldToEventLoop = () => sleep(0);

/** n8n's own `sleep` cannot be ended early. */
async function wait(seconds: number, signal: AbortSignal): Promise<void> {
	signal.throwIfAborted();
	await new Promise<void>((resolve) => {
		const end = () => {
			cancel();
			signal.removeEventListener('abort', end);
			resolve();
		};
		const cancel = after(seconds, end);
		signal.addEventListener('abort', end);
	});
	signal.throwIfAborted();
}

/** The only timer that n8n's rules for packages allow, as one that can be stopped. */
function after(seconds: number, callBack: () => void): () => void {
	const timer = AbortSignal.timeout(Math.ceil(seconds * 1000));
	timer.addEventListener('abort', callBack);
	return () => timer.removeEventListener('abort', callBack);
}

/** The body of `GET /models`. */
export async function fetchModels(context: ILoadOptionsFunctions): Promise<unknown> {
	const url = modelsUrl(resolveBaseUrl(await readCredential(context)));
	return await send(context, { url, json: true, timeout: 10_000 });
}

async function readCredential(
	context: IExecuteFunctions | ILoadOptionsFunctions,
): Promise<ServiceAddress & { apiKey: string }> {
	const { platform, baseUrl, apiKey } = await context.getCredentials<{
		platform: Platform;
		baseUrl?: string;
		apiKey?: string;
	}>(CREDENTIAL);
	return { platform, baseUrl, apiKey: checkKey(apiKey, CREDENTIAL_PLACE) };
}

function transportOf(context: IExecuteFunctions): Transport {
	return async ({ url, headers, form, timeout, signal }) => {
		const request = new AbortController();
		const ending = signal ? AbortSignal.any([signal, request.signal]) : request.signal;
		const { contentType, body } = encodeForm(form);
		let isLate = false;
		// The helper's own time-out is lost where a server switches protocols: then it never comes back.
		const cancel = after(timeout, () => {
			isLate = true;
			request.abort();
		});
		try {
			const answer = (await send(abortableBy(ending, context), {
				method: 'POST',
				url,
				headers: { ...headers, 'content-type': contentType },
				body,
				encoding: 'stream',
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
				// A redirect would carry the key elsewhere, and its follower holds the whole body in memory.
				disableFollowRedirect: true,
				timeout: timeout * 1000,
			})) as IN8nHttpFullResponse;
			return {
				status: answer.statusCode,
				headers: answer.headers as Record<string, string>,
				body: closing(answer.body as unknown as AsyncIterable<Uint8Array>, request),
			};
		} catch (error) {
			throw isLate ? new NoAnswerError() : error;
		} finally {
			cancel();
		}
	};
}

class NoAnswerError extends Error {
	readonly code = 'ETIMEDOUT';
	override readonly message = 'no answer';
}

/** Closes the connection when an answer is no longer read, which n8n's helper does not for one that is streamed. */
async function* closing(
	body: AsyncIterable<Uint8Array>,
	request: AbortController,
): AsyncGenerator<Uint8Array, void, undefined> {
	try {
		yield* body;
	} finally {
		request.abort();
	}
}

/**
 * The same context, whose requests a signal ends as well: the helper takes no signal but the one that
 * its context gives.
 */
function abortableBy(signal: AbortSignal, context: IExecuteFunctions): IExecuteFunctions {
	const execution = context.getExecutionCancelSignal();
	const either = execution ? AbortSignal.any([execution, signal]) : signal;
	return Object.create(context, {
		getExecutionCancelSignal: { value: () => either },
	}) as IExecuteFunctions;
}

async function send(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	options: IHttpRequestOptions,
): Promise<unknown> {
	return await context.helpers.httpRequestWithAuthentication.call(context, CREDENTIAL, options);
}
