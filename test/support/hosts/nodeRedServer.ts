import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packNodeRedNode } from './packages';
import { cleanEnvironment, NODE, ROOT } from './paths';
import { HostServer, UNKEPT } from './hostServer';
import { freePort } from './ports';
import { ServerProcess } from './processes';

/** A node as a flow file holds it; `credentials` only on the way in. */
export type FlowNode = {
	id: string;
	type: string;
	z?: string;
	wires?: string[][];
	credentials?: Record<string, string>;
	[property: string]: unknown;
};

/** The package under test. */
export const PACKAGE = '@glm-asr/node-red-glm-asr';

/** A real Node-RED with the packed package installed through its palette's API. */
export class NodeRedServer extends HostServer {
	/**
	 * Starts Node-RED in a fresh user folder and installs the package with the real npm installer.
	 *
	 * @param environment more environment variables
	 */
	static async start(environment: Record<string, string> = {}): Promise<NodeRedServer> {
		const folder = mkdtempSync(path.join(tmpdir(), 'glm-asr-node-red-'));
		const coreNodes = path.join(folder, 'core-nodes');
		symlinkSync(path.join(ROOT, 'node_modules/@node-red/nodes'), coreNodes, 'junction');
		const port = await freePort();
		const settings = {
			// Node-RED looks for nodes in every node_modules above this folder. Above its own there would be
			// the checkout's, with the workspace linked in, and the tarball would not be what is tested.
			coreNodesDir: coreNodes,
			uiHost: '127.0.0.1',
			uiPort: port,
			flowFile: 'flows.json',
			credentialSecret: 'host tests',
			telemetry: { enabled: false, updateNotification: false },
			editorTheme: { tours: false },
			debugMaxLength: 1_000_000,
			logging: { console: { level: 'debug', metrics: false, audit: false } },
		};
		const settingsFile = path.join(folder, 'settings.js');
		writeFileSync(settingsFile, `module.exports = ${JSON.stringify(settings)};\n`);
		const launch = () =>
			ServerProcess.start(
				'Node-RED',
				NODE,
				[
					path.join(ROOT, 'node_modules/node-red/red.js'),
					'--settings',
					settingsFile,
					'--userDir',
					folder,
				],
				{ cwd: folder, env: cleanEnvironment(environment) },
			);
		const server = new NodeRedServer(`http://127.0.0.1:${port}`, folder, launch);
		try {
			await server.untilReady();
			await server.installPackage();
		} catch (error) {
			await server.stop();
			throw new Error(`${(error as Error).message}\n${server.log}`);
		}
		return server;
	}

	/** Replaces all flows, as "Deploy" does; they run when this returns. */
	async deploy(flows: FlowNode[]): Promise<void> {
		const started = this.startedFlows();
		await this.admin('/flows', {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'Node-RED-API-Version': 'v2' },
			body: JSON.stringify({ flows }),
		});
		if (this.startedFlows() === started) {
			await this.process.untilReady(() => this.startedFlows() > started, 10);
		}
	}

	/** Presses the button of an Inject node. */
	async inject(id: string): Promise<void> {
		await this.admin(`/inject/${id}`, { method: 'POST' });
	}

	/** The flows as the editor and the export dialog get them. */
	async exportedFlows(): Promise<FlowNode[]> {
		const answer = await this.admin('/flows', { headers: { 'Node-RED-API-Version': 'v2' } });
		return ((await answer.json()) as { flows: FlowNode[] }).flows;
	}

	/** The text of an admin address. */
	async text(route: string, accept = '*/*'): Promise<string> {
		return (await this.admin(route, { headers: { accept } })).text();
	}

	/** The JSON of an admin address. */
	async json<T>(route: string): Promise<T> {
		return JSON.parse(await this.text(route, 'application/json')) as T;
	}

	/** The package's example flows by the name that the import dialog shows. */
	async examples(): Promise<Map<string, FlowNode[]>> {
		const folder = `/library/examples/flows/${PACKAGE}`;
		const files = await this.json<Array<{ fn: string }>>(folder);
		return new Map(
			await Promise.all(
				files.map(async ({ fn }): Promise<[string, FlowNode[]]> => {
					const flows = await this.text(`${folder}/${encodeURIComponent(fn)}`);
					return [fn.replace(/\.json$/, ''), JSON.parse(flows) as FlowNode[]];
				}),
			),
		);
	}

	/** What the palette manager's upload does: the tarball, then npm with --engine-strict and --omit=dev. */
	private async installPackage(): Promise<void> {
		const form = new FormData();
		form.append('tarball', new Blob([readFileSync(packNodeRedNode())]), 'node-red-glm-asr.tgz');
		const answer = await this.admin('/nodes', { method: 'POST', body: form });
		const { nodes } = (await answer.json()) as { nodes: Array<{ err?: string }> };
		const errors = nodes.flatMap(({ err }) => err ?? []);
		if (errors.length > 0) throw new Error(`Node-RED cannot load the package: ${errors.join()}`);
	}

	/** Calls the admin API; throws unless it answers 2xx. */
	private async admin(route: string, request: RequestInit = {}): Promise<Response> {
		const headers = { ...UNKEPT, ...(request.headers as Record<string, string> | undefined) };
		const answer = await fetch(`${this.url}${route}`, { ...request, headers });
		if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
		return answer;
	}

	protected isReady(): boolean {
		return this.log.includes('Started flows');
	}

	private startedFlows(): number {
		return this.log.split('Started flows').length;
	}
}
