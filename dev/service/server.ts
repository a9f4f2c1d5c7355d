import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { checkKey } from './checks';
import { exchange } from './exchange';
import { modelList } from './models';
import { Refusal } from './refusals';
import { ServiceState } from './state';
import type { Fault, LocalService, OptionChanges, ServiceOptions } from './types';

export type * from './types';

const HOST = '127.0.0.1';
/** The platform's own base path, and the one that self-hosted servers have. */
const BASES = ['/api/paas/v4', '/v1'];

/**
 * Starts the local stand-in for GLM-ASR on 127.0.0.1.
 *
 * It speaks the wire protocol of `POST /audio/transcriptions` and `GET /models`, checks requests as the
 * service does, and hears telephone tones where the service hears speech.
 * @param options `port` 0, the default, takes a free one
 * @throws Error with `code` EADDRINUSE when the port is taken
 */
export async function startService(
	options: ServiceOptions & { port?: number } = {},
): Promise<LocalService> {
	const { port = 0, ...behaviour } = options;
	const state = new ServiceState(behaviour);
	const app = fastify({ forceCloseConnections: true });
	app.setErrorHandler(async (error, _request, reply) => {
		const refusal = error instanceof Refusal ? error : new Refusal('internal', '', String(error));
		await reply.code(refusal.status).send(refusal.body);
	});
	app.setNotFoundHandler(async (request, reply) => {
		const refusal = new Refusal('noSuchApi', request.url);
		await reply.code(refusal.status).send(refusal.body);
	});
	for (const prefix of BASES) await app.register(platformRoutes(state), { prefix });
	await app.register(controlRoutes(state), { prefix: '/control' });
	await app.listen({ port, host: HOST });

	const { port: actualPort } = app.server.address() as AddressInfo;
	return {
		url: `http://${HOST}:${actualPort}${BASES[0]}`,
		port: actualPort,
		log: state.log,
		inject: (faults) => state.faults.add(faults),
		clearFaults: () => state.faults.clear(),
		configure: (changes) => state.configure(changes),
		close: () => app.close(),
	};
}

const platformRoutes = (state: ServiceState) => async (app: FastifyInstance) => {
	// Bodies of any kind reach the handler unread: keys are checked before, and refusals have the service's shape.
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', (_request, _payload, done) => done(null));
	const unlimited = { fileSize: Infinity, parts: Infinity };
	await app.register(multipart, { throwFileSizeLimit: false, limits: unlimited });
	app.post('/audio/transcriptions', (request, reply) => exchange(state, request, reply));
	app.get('/models', async (request) => {
		checkKey(request.headers.authorization, state.options.apiKey);
		return modelList();
	});
};

/** What a test in the same process does with the service's methods, over HTTP. */
const controlRoutes = (state: ServiceState) => async (app: FastifyInstance) => {
	const done = { ok: true };
	app.get('/log', async () => state.log);
	app.delete('/log', async () => {
		state.log.length = 0;
		return done;
	});
	app.post<{ Body: Fault | Fault[] }>('/faults', async ({ body }) => {
		state.faults.add(body);
		return done;
	});
	app.delete('/faults', async () => {
		state.faults.clear();
		return done;
	});
	app.post<{ Body: OptionChanges }>('/options', async ({ body }) => {
		state.configure(body);
		return done;
	});
};
