import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';

import RED, { type NodeRedApp } from 'node-red';

import type { FlowNode } from './flows';
import { admit, isFromHere, MAX_BODY_BYTES } from './guards';

const HOST = '127.0.0.1';
/** Inside the clone and ignored by git; a Node-RED has a folder of its own in it while it runs. */
const USER_FOLDERS = path.join(__dirname, '../../.start');

export interface RunningNodeRed {
	/** Without a slash at its end. */
	url: string;
	/** The express app that serves the flows' own addresses. */
	pages: NodeRedApp['httpNode'];
	/** Replaces all flows; they run when this returns. */
	deploy(flows: FlowNode[]): Promise<void>;
	stop(): Promise<void>;
}

/**
 * Starts the real Node-RED in this process on 127.0.0.1, without flows.
 *
 * It asks nothing of the internet: no telemetry, no update check, no palette catalogue.
 * @param port 0 takes a free one
 * @throws Error with `code` EADDRINUSE when the port is taken, or when a node of the package cannot be loaded
 */
export async function startNodeRed(port: number): Promise<RunningNodeRed> {
	const server = createServer();
	server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
		if (!isFromHere(request)) socket.destroy();
	});
	server.listen(port, HOST);
	await once(server, 'listening');
	const { port: actualPort } = server.address() as AddressInfo;

	const userDir = path.join(USER_FOLDERS, String(actualPort));
	rmSync(userDir, { recursive: true, force: true });
	mkdirSync(userDir, { recursive: true });
	RED.init(server, settings(actualPort, userDir));
	server.on('request', serve);
	const ready = once(RED.events, 'flows:started');
	await RED.start();
	await ready;
	return {
		url: `http://${HOST}:${actualPort}`,
		pages: RED.httpNode,
		deploy,
		stop: () => stop(server, userDir),
	};
}

function settings(uiPort: number, userDir: string) {
	return {
		uiHost: HOST,
		uiPort,
		userDir,
		flowFile: 'flows.json',
		credentialSecret: randomBytes(32).toString('hex'),
		httpAdminRoot: '/',
		httpNodeRoot: '/',
		apiMaxLength: String(MAX_BODY_BYTES),
		telemetry: { enabled: false, updateNotification: false },
		externalModules: {
			autoInstall: false,
			palette: { allowInstall: false, allowUpload: false },
			modules: { allowInstall: false },
		},
		editorTheme: { tours: false, palette: { catalogues: [] }, projects: { enabled: false } },
		logging: { console: { level: 'error' as const, metrics: false, audit: false } },
	};
}

function serve(request: IncomingMessage, response: ServerResponse): void {
	if (!admit(request, response)) return;
	const apps = [RED.httpAdmin, RED.httpNode] as unknown as Handler[];
	const next = (): void => {
		const app = apps.shift();
		if (app) app(request, response, next);
		else response.writeHead(404).end();
	};
	next();
}

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

async function deploy(flows: FlowNode[]): Promise<void> {
	const { nodes } = RED as unknown as { nodes: { getType(type: string): unknown } };
	if (!nodes.getType('glm-asr') || !nodes.getType('glm-asr-service')) {
		throw new Error('Node-RED could not load the nodes of node-red/dist: run "npm run build".');
	}
	const started = once(RED.events, 'flows:started');
	await RED.runtime.flows.setFlows({ flows: { flows } } as Parameters<SetFlows>[0]);
	await started;
}

type SetFlows = typeof RED.runtime.flows.setFlows;

async function stop(server: Server, userDir: string): Promise<void> {
	await RED.stop();
	server.close();
	server.closeAllConnections();
	rmSync(userDir, { recursive: true, force: true });
}
