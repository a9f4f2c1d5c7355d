import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

import {
	API_KEY,
	ended,
	Flow,
	listen,
	pause,
	recording,
	relay,
	until,
	useService,
} from '../support/nodeRed';

const service = useService();

/** Made for these tests alone; it protects nothing. */
const CERTIFICATE = fixture('test-only-certificate.pem');
const KEY = fixture('test-only-key.pem');

function fixture(name: string): string {
	return readFileSync(path.join(__dirname, 'fixtures', name), 'utf8');
}

const opened: { close(): Promise<void> }[] = [];
const environment = { ...process.env };

afterEach(async () => {
	process.env = { ...environment };
	await Promise.all(opened.splice(0).map((server) => server.close()));
});

/** Stands before the service and counts connections. */
async function countingRelay() {
	let connections = 0;
	const server = await listen(
		net.createServer((socket) => {
			connections++;
			relay(socket, net.connect(service().port, '127.0.0.1'));
		}),
	);
	opened.push(server);
	return { baseUrl: `http://127.0.0.1:${server.port}/v1`, count: () => connections };
}

/** The service behind TLS. */
async function tlsService(): Promise<string> {
	const server = await listen(
		tls.createServer({ cert: CERTIFICATE, key: KEY }, (socket) =>
			relay(socket, net.connect(service().port, '127.0.0.1')),
		),
	);
	opened.push(server);
	return `https://127.0.0.1:${server.port}/v1`;
}

/** A proxy that notes what it is asked for. */
async function proxy() {
	const asked: string[] = [];
	const server = http.createServer((request, response) => {
		asked.push(`${request.method} ${request.url}`);
		const { method, headers } = request;
		const onward = http.request(request.url!, { method, headers }, (answer) => {
			response.writeHead(answer.statusCode!, answer.headers);
			answer.pipe(response);
		});
		request.pipe(onward);
		response.on('close', () => onward.destroy());
		onward.on('error', () => response.destroy());
	});
	server.on('connect', (request, socket: net.Socket) => {
		asked.push(`CONNECT ${request.url}`);
		const target = net.connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 OK\r\n\r\n');
			relay(socket, target);
		});
	});
	const listening = await listen(server);
	opened.push(listening);
	return { url: `http://127.0.0.1:${listening.port}`, asked };
}

it('keeps its connection open from one request to the next', async () => {
	const { baseUrl, count } = await countingRelay();
	const flow = await Flow.start(service(), { service: { baseUrl } });
	for (const index of [1, 2, 3]) await flow.transcribe({ payload: recording('1') }, index);
	await flow.transcribe({ payload: recording('1'), glmAsr: { stream: true } }, 5);
	service().inject({ status: 500 });
	flow.receive({ payload: recording('1') });
	await flow.settled(5);
	flow.receive({ payload: recording('1') });
	await flow.settled(6);
	expect(service().log).toHaveLength(6);
	expect(count()).toBe(1);
});

it('keeps it, too, when a stream goes on a little behind its end mark', async () => {
	const { baseUrl, count } = await countingRelay();
	const flow = await Flow.start(service(), { service: { baseUrl }, node: { stream: true } });
	const done = 'data: {"type":"transcript.text.done","text":"x"}\n\ndata: [DONE]\n\n';
	service().inject({ events: [done, ': still here\n\n', ': bye\n\n'], gapMs: 20 });
	await flow.transcribe({ payload: recording('1') });
	await ended(service());
	await pause(20);
	await flow.transcribe({ payload: recording('1') }, 3);
	expect(count()).toBe(1);
});

it('sends the length of the form, and the key as a bearer token', async () => {
	const flow = await Flow.start(service());
	service().configure({ apiKey: API_KEY });
	await flow.transcribe({ payload: recording('1') });
	service().configure({ apiKey: null });
	const { headers, authorized } = service().log[0]!;
	expect(authorized).toBe(true);
	expect(Number(headers['content-length'])).toBeGreaterThan(recording('1').length);
	expect(headers).not.toHaveProperty('transfer-encoding');
});

it('sends no authorization header to a server of the user’s own when the key is empty', async () => {
	const flow = await Flow.start(service(), { credentials: { service: {} } });
	service().inject({ status: 200, body: { text: 'heard' } });
	flow.receive({ payload: recording('1') });
	await flow.settled();
	expect(service().log[0]!.headers).not.toHaveProperty('authorization');
});

it.each(['bigmodel', 'zai', undefined])(
	'asks for the key that platform %s needs',
	async (platform) => {
		const flow = await Flow.start(service(), {
			service: { platform },
			credentials: { service: {} },
		});
		const { error } = await flow.failWith({ payload: recording('1') });
		expect(error.message).toMatch(/has no API key/);
	},
);

it.each(['two\nlines', 'naïve-key', 'two words', 'nul\0'])(
	'refuses the key %j without showing it',
	async (apiKey) => {
		const flow = await Flow.start(service(), { credentials: { service: { apiKey } } });
		const { error } = await flow.failWith({ payload: recording('1') });
		expect(error.message).toMatch(/The API key of the service holds .* that no key has/);
		expect(flow.allOutput()).not.toContain(apiKey);
		expect(service().log).toEqual([]);
	},
);

it('reads properties and the key from the environment', async () => {
	Object.assign(process.env, { TEST_URL: service().url, TEST_KEY: API_KEY, TEST_MODEL: 'glm-asr' });
	const flow = await Flow.start(service(), {
		service: { baseUrl: '${TEST_URL}' },
		node: { model: '${TEST_MODEL}' },
		credentials: { service: { apiKey: '${TEST_KEY}' } },
	});
	service().configure({ apiKey: API_KEY });
	await flow.transcribe({ payload: recording('1') });
	service().configure({ apiKey: null });
	expect(service().log[0]).toMatchObject({ authorized: true, fields: { model: 'glm-asr' } });
});

it.each([
	[{ platform: 'custom', baseUrl: 'localhost:8000' }, /The base URL is "localhost:8000"/],
	[{ platform: 'elsewhere' }, /The platform is "elsewhere"/],
	[{ concurrency: 'many' }, /The concurrency of the service is "many"/],
	[{ concurrency: '0' }, /The concurrency of the service is "0"/],
])('says what is wrong with the service %j', async (settings, expected) => {
	const flow = await Flow.start(service(), { service: settings });
	const { error } = await flow.failWith({ payload: recording('1') });
	expect(error).toMatchObject({
		code: 'invalid_parameter',
		message: expect.stringMatching(expected),
	});
});

it('says that it has no service', async () => {
	const flow = await Flow.start(service(), { node: { service: '' } });
	const { error } = await flow.failWith({ payload: recording('1') });
	expect(error.message).toMatch(/The node has no service/);
});

describe('TLS', () => {
	const settings = { id: 'tls', type: 'tls-config', verifyservercert: true };

	it('does not trust a certificate that nobody vouches for', async () => {
		const flow = await Flow.start(service(), { service: { baseUrl: await tlsService() } });
		const { error } = await flow.failWith({ payload: recording('1') });
		expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
	});

	it('trusts the certificate authority of a TLS configuration', async () => {
		const flow = await Flow.start(service(), {
			service: { baseUrl: await tlsService(), tls: 'tls' },
			nodes: [settings],
			credentials: { tls: { cadata: CERTIFICATE } },
		});
		const [message] = await flow.transcribe({ payload: recording('1') });
		expect(message?.payload).toBe('one');
	});

	it('trusts anything where the TLS configuration says so', async () => {
		const flow = await Flow.start(service(), {
			service: { baseUrl: await tlsService(), tls: 'tls' },
			nodes: [{ ...settings, verifyservercert: false }],
		});
		const [message] = await flow.transcribe({ payload: recording('1') });
		expect(message?.payload).toBe('one');
	});

	it('says that a TLS configuration cannot be used', async () => {
		const flow = await Flow.start(service(), {
			service: { baseUrl: await tlsService(), tls: 'tls' },
			nodes: [{ ...settings, cert: '/no/such/file', key: '/no/such/file' }],
		});
		const { error } = await flow.failWith({ payload: recording('1') });
		expect(error.message).toMatch(/TLS configuration of the service cannot be used/);
	});
});

describe('A proxy of the environment', () => {
	it('passes plain HTTP on', async () => {
		const { url, asked } = await proxy();
		process.env.http_proxy = url;
		const flow = await Flow.start(service(), { node: { stream: true } });
		await flow.transcribe({ payload: recording('12') }, 3);
		expect(flow.sent.map(({ payload }) => payload)).toEqual(['one', 'two', '']);
		expect(asked).toEqual([`POST ${service().url}/audio/transcriptions`]);
	});

	it('opens a tunnel for HTTPS, through which the TLS configuration holds', async () => {
		const { url, asked } = await proxy();
		process.env.HTTPS_PROXY = url;
		const baseUrl = await tlsService();
		const flow = await Flow.start(service(), {
			service: { baseUrl, tls: 'tls' },
			nodes: [{ id: 'tls', type: 'tls-config', verifyservercert: true }],
			credentials: { tls: { cadata: CERTIFICATE } },
		});
		const [message] = await flow.transcribe({ payload: recording('1') });
		expect(message?.payload).toBe('one');
		expect(asked).toEqual([`CONNECT ${new URL(baseUrl).host}`]);
	});

	it('is left out for the servers in no_proxy', async () => {
		const { url, asked } = await proxy();
		Object.assign(process.env, { http_proxy: url, no_proxy: '127.0.0.1' });
		const flow = await Flow.start(service());
		await flow.transcribe({ payload: recording('1') });
		expect(asked).toEqual([]);
		expect(flow.sent).toHaveLength(1);
	});

	it('ends its request, too, when msg.reset comes', async () => {
		process.env.http_proxy = (await proxy()).url;
		const flow = await Flow.start(service());
		service().inject({ hang: true });
		flow.receive({ payload: recording('1') });
		await until('the request', () => service().log[0]?.file);
		flow.receive({ reset: true });
		expect((await ended(service())).outcome).toBe('aborted');
	});

	it('is named in the error if it is no address, without its password', async () => {
		process.env.http_proxy = 'user:secret@proxy';
		const flow = await Flow.start(service());
		const { error } = await flow.failWith({ payload: recording('1') });
		expect(error.message).toMatch(/proxy that the environment names cannot be used/);
		expect(flow.allOutput()).not.toContain('secret');
	});
});

describe('Requests at a time', () => {
	/** The most requests the service had at any moment. */
	function mostAtOnce(): number {
		const { log } = service();
		return Math.max(
			...log.map(({ at }) => log.filter((other) => other.at <= at && other.endedAt! > at).length),
		);
	}

	it('are no more than the service allows, over all of its nodes', async () => {
		const second = { id: 'second', z: 'flow', type: 'glm-asr', service: 'service' };
		const flow = await Flow.start(service(), {
			service: { concurrency: '2' },
			nodes: [{ ...second, wires: [['sent']] }],
		});
		service().configure({ delayMs: 20 });
		for (const digit of '123') flow.receive({ payload: recording(digit) });
		for (const digit of '456') flow.receive({ payload: recording(digit) }, 'second');
		await until('all texts', () => flow.sent.length === 6);
		await until('all requests to end', () => service().log.every(({ endedAt }) => endedAt));
		expect(mostAtOnce()).toBe(2);
	});

	it('are made one after another with a limit of 1, in order', async () => {
		const flow = await Flow.start(service(), { service: { concurrency: 1 } });
		service().configure({ delayMs: 10 });
		flow.receive({ payload: [...'1234'].map((digit) => recording(digit)) });
		await until('all texts', () => flow.sent.length === 4);
		expect(mostAtOnce()).toBe(1);
		expect(flow.sent.map(({ payload }) => payload)).toEqual(['one', 'two', 'three', 'four']);
	});

	it('are 4 where nothing is set', async () => {
		const flow = await Flow.start(service());
		service().configure({ delayMs: 50 });
		flow.receive({ payload: [...'123456'].map((digit) => recording(digit)) });
		await until('all texts', () => flow.sent.length === 6);
		expect(mostAtOnce()).toBe(4);
	});

	it('give their place back when they fail', async () => {
		const flow = await Flow.start(service(), { service: { concurrency: 1 } });
		service().inject([{ resetAfter: 0 }, { status: 500 }, { body: 'no transcript' }]);
		for (const digit of '1234') flow.receive({ payload: recording(digit) });
		await flow.settled(4);
		expect(flow.caught).toHaveLength(3);
		expect(flow.sent).toHaveLength(1);
	});

	it('wait only up to the limit that nodeMessageBufferMaxLength sets', async () => {
		const flow = await Flow.start(service(), { settings: { nodeMessageBufferMaxLength: 2 } });
		service().configure({ delayMs: 50 });
		for (const topic of ['a', 'b', 'c']) flow.receive({ payload: recording('1'), topic });
		await flow.settled(3);
		expect(flow.caught).toMatchObject([{ topic: 'c', error: { code: 'too_many_messages' } }]);
		expect(flow.sent).toHaveLength(2);
	});
});

it.each([
	['http://asr.example.com/v1', API_KEY, true],
	['https://asr.example.com/v1', API_KEY, false],
	['http://asr.example.com/v1', '', false],
	['http://127.0.0.1:9/v1', API_KEY, false],
	['no address', API_KEY, false],
])(
	'warns in the log of a key that goes to %s for all to read: %#',
	async (baseUrl, apiKey, isTold) => {
		const credentials = { service: { apiKey } };
		const flow = await Flow.start(service(), { service: { baseUrl }, credentials });
		expect(flow.allOutput().includes('The API key is sent over http')).toBe(isTold);
		expect(flow.allOutput()).not.toContain(API_KEY);
	},
);
