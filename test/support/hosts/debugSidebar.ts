import { once } from 'node:events';
import { until } from './processes';

/** What a Debug node showed. */
type DebugMessage = { id: string; message: Record<string, unknown> };

type Event = {
	topic: string;
	data: { id?: string; msg?: string; format?: string; property?: string; [other: string]: unknown };
};

/** What the editor hears from Node-RED: everything Debug nodes show, and the status of all nodes. */
export class DebugSidebar {
	/** Everything that came, as text. */
	text = '';
	/** Status objects in order of arrival, `{}` when cleared. */
	readonly statuses: Array<{ node: string; fill?: string; shape?: string; text?: string }> = [];
	private readonly shown: DebugMessage[] = [];

	private constructor(private readonly socket: WebSocket) {
		socket.addEventListener('message', ({ data }) => this.read(String(data)));
	}

	/** Connects to the Node-RED at `url`. */
	static async open(url: string): Promise<DebugSidebar> {
		const socket = new WebSocket(`${url.replace('http', 'ws')}/comms`);
		const sidebar = new DebugSidebar(socket);
		await once(socket, 'open');
		for (const topic of ['debug', 'status/#']) socket.send(JSON.stringify({ subscribe: topic }));
		return sidebar;
	}

	/** What the Debug node `id` showed so far. */
	messages(id: string): Array<Record<string, unknown>> {
		return this.shown.filter((entry) => entry.id === id).map(({ message }) => message);
	}

	/** Waits until the Debug node `id` showed `count` messages. */
	async untilShown(id: string, count: number): Promise<Array<Record<string, unknown>>> {
		await until(`${count} messages at ${id}`, () => this.messages(id).length >= count);
		return this.messages(id);
	}

	/** Forgets everything. */
	clear(): void {
		this.text = '';
		this.statuses.length = 0;
		this.shown.length = 0;
	}

	close(): void {
		this.socket.close();
	}

	private read(packet: string): void {
		this.text += packet;
		for (const { topic, data } of JSON.parse(packet) as Event[]) {
			if (topic === 'debug' && data.id) {
				this.shown.push({ id: data.id, message: readMessage(data) });
			}
			if (topic.startsWith('status/')) {
				this.statuses.push({ node: topic.slice('status/'.length), ...data });
			}
		}
	}
}

/** The message, or an object with the one property that the Debug node shows. */
function readMessage({ msg = '', format = '', property }: Event['data']): Record<string, unknown> {
	const value: unknown = /^(Object|array|error)/.test(format) ? JSON.parse(msg) : msg;
	return property ? { [property]: value } : (value as Record<string, unknown>);
}
