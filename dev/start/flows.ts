import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ServiceInUse } from './service';

const EXAMPLES = path.join(__dirname, '../../node-red/examples');
const PAGE_FLOW = path.join(__dirname, 'flows.json');

/** A node as a flow file holds it. */
export interface FlowNode {
	id: string;
	type: string;
	[property: string]: unknown;
}

/** The page's flow and the package's examples, all of whose `glm-asr` nodes share one service node. */
export function readFlows({ node, isLocal }: ServiceInUse): FlowNode[] {
	const examples = readdirSync(EXAMPLES)
		.filter((name) => name.endsWith('.json'))
		.sort()
		.map((name) => path.join(EXAMPLES, name));
	const nodes = [PAGE_FLOW, ...examples]
		.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as FlowNode[])
		.filter(({ type }) => type !== 'glm-asr-service');
	const service: FlowNode = {
		id: 'glm-asr-service-in-use',
		type: 'glm-asr-service',
		name: isLocal ? 'Local service (telephone tones)' : 'GLM-ASR',
		...node,
	};
	return [
		service,
		...nodes.map((each) => (each.type === 'glm-asr' ? { ...each, service: service.id } : each)),
	];
}
