import type { Node, NodeAPI, NodeDef } from 'node-red';

import { GlmAsrError, inputError, type OptionFields, type OwnCode } from '../../core';
import { toNodeError } from './failure';
import { Job, type JobContext } from './job';
import type { ServiceNode } from './service';
import { StatusBoard } from './status';

/** The configuration as a flow file holds it; everything of ours may be missing. */
type Config = NodeDef & OptionFields & { service?: string; property?: string };

export = function register(RED: NodeAPI): void {
	function GlmAsr(this: Node, config: Config) {
		RED.nodes.createNode(this, config);
		const jobs = new Set<Job>();
		/** Those of which nothing has been sent yet. */
		const waiting = new Set<Job>();
		const board = new StatusBoard((status) => this.status(status));
		const context: JobContext = {
			property: config.property || 'payload',
			options: config,
			service: () => serviceOf(RED, config),
			board,
			onTurn: (job) => waiting.delete(job),
			tools: RED.util,
			reportError: (error, msg) => this.error(error, msg),
		};

		const cancelAll = () => {
			board.clear();
			for (const job of jobs) job.cancel();
			jobs.clear();
			waiting.clear();
		};
		const cancelMessage = (id: string) => {
			for (const job of jobs) if (job.messageId === id) job.cancel();
		};
		this.on('input', (msg, send, done) => {
			const { reset } = msg as { reset?: unknown };
			if (reset) {
				if (typeof reset === 'string') cancelMessage(reset);
				else cancelAll();
				done();
				return;
			}
			const most = RED.settings.nodeMessageBufferMaxLength ?? 0;
			if (most > 0 && waiting.size >= most) {
				done(tooManyMessages(most));
				return;
			}
			const job = new Job(context, msg, { send, done });
			jobs.add(job);
			waiting.add(job);
			void job
				.run()
				.catch((error: unknown) => this.error(toNodeError(error)))
				.then(() => {
					jobs.delete(job);
					waiting.delete(job);
				});
		});
		this.on('close', cancelAll);
	}
	RED.nodes.registerType('glm-asr', GlmAsr);
};

function serviceOf(RED: NodeAPI, config: Config) {
	const node = config.service ? (RED.nodes.getNode(config.service) as ServiceNode | null) : null;
	if (node?.service) return node.service;
	throw inputError(
		'invalid_parameter',
		'The node has no service.',
		'Choose one in the node, or add it there.',
	);
}

/** The limit that core's own nodes keep, set by `nodeMessageBufferMaxLength`. */
function tooManyMessages(most: number): Error {
	return toNodeError(
		new GlmAsrError({
			code: 'too_many_messages' satisfies OwnCode,
			problem: `${most} messages wait for the service already.`,
			cure: 'Send fewer at a time, or raise nodeMessageBufferMaxLength in the settings of Node-RED.',
			retryable: true,
		}),
	);
}
