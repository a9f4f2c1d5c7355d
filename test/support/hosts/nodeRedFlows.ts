import type { FlowNode } from './nodeRedServer';

const TAB = 'tab';

/** The tab that all nodes below live on, and the configuration node `service` with its API key. */
export function base(service: {
	baseUrl: string;
	apiKey: string;
	concurrency?: number;
}): FlowNode[] {
	const { apiKey, ...properties } = service;
	return [
		{ id: TAB, type: 'tab', label: 'Host tests' },
		{
			id: 'service',
			type: 'glm-asr-service',
			name: '',
			platform: 'custom',
			...properties,
			credentials: { apiKey },
		},
	];
}

/** Nodes of which each sends to the next, besides what its own first wires say. */
export function chain(...nodes: FlowNode[]): FlowNode[] {
	return nodes.map((node, index) => {
		const next = nodes[index + 1];
		if (!next) return node;
		const [first = [], ...others] = node.wires ?? [];
		return { ...node, wires: [[...first, next.id], ...others] };
	});
}

/** A `POST` address of the flow. */
export function httpIn(path: string, upload = true): FlowNode {
	return node(`in-${path}`, 'http in', { url: `/${path}`, method: 'post', upload });
}

/** Answers the request with the message's payload. */
export function httpResponse(id = 'answer'): FlowNode {
	return node(id, 'http response', { statusCode: '', headers: {} });
}

/** Our node; `properties` as in a flow file. */
export function glmAsr(properties: Record<string, unknown> = {}, id = 'asr'): FlowNode {
	return node(id, 'glm-asr', { name: '', service: 'service', ...properties });
}

/** A Function node with the body `func`. */
export function code(id: string, func: string, outputs = 1): FlowNode {
	return node(id, 'function', { func, outputs, libs: [] });
}

/** A Function node that reads the file of the payload's `file`; core's file node would hold it twice for a moment. */
export function readFile(id: string): FlowNode {
	return {
		...code(id, 'msg.payload = fs.readFileSync(msg.payload.file); return msg;'),
		libs: [{ var: 'fs', module: 'fs' }],
	};
}

/** A Join node in automatic mode. */
export function automaticJoin(): FlowNode {
	return node('join', 'join', { mode: 'auto' });
}

/** A Catch node for all nodes of the tab. */
export function catchAll(): FlowNode {
	return node('catch', 'catch', { scope: null, uncaught: false });
}

/** A Debug node that shows the complete message. */
export function debug(id: string): FlowNode {
	return node(id, 'debug', {
		active: true,
		tosidebar: true,
		complete: 'true',
		targetType: 'full',
	});
}

function node(id: string, type: string, properties: Record<string, unknown>): FlowNode {
	return { id, type, z: TAB, x: 100, y: 100, wires: [[]], ...properties };
}
