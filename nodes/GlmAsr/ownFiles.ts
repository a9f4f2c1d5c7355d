import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/** A file of an item, and what users call it. */
export interface Field {
	property: string;
	binary: IBinaryData;
}

/** Where n8n itself keeps the files of an item in combined binary mode. */
const FILES_IN_JSON = '_files';

/** How far JSON is looked through for files. */
const MOST_VALUES = 10_000;
const MOST_LEVELS = 100;

/** An id that n8n's stores give by place; those of its database name none. */
const PLACE =
	/^[\w-]+:workflows\/(?<workflow>[^/]+)\/executions\/(?<execution>[^/]+)\/binary_data\/[\w-]+$/;
const HAS_PLACE = /^[^:]*:.*[/\\]/s;

/** What n8n calls the execution of a webhook until it is over. */
const TEMPORARY_EXECUTION = 'temp';

/** Whether a value has the form of a binary object; anybody's JSON may. */
export function isBinary(value: unknown): value is IBinaryData {
	return holdsFile(value) && typeof value.mimeType === 'string';
}

/** Code nodes put anything into an item's binary fields, even the base64 alone. */
function holdsFile(value: unknown): value is IBinaryData {
	if (typeof value !== 'object' || value === null) return false;
	const { data, id } = value as Partial<IBinaryData>;
	// An expression's binary has no `data`; a stored one is found by its id.
	return typeof data === 'string' || typeof id === 'string';
}

/**
 * What one item's files are, and whether this execution may read another. An id alone gives no right
 * to a file: n8n reads for a node whatever has been stored by any workflow, and JSON comes from outside.
 */
export class OwnFiles {
	private readonly item: INodeExecutionData;
	private readonly isCombined: boolean;

	constructor(
		private readonly context: IExecuteFunctions,
		itemIndex: number,
	) {
		this.item = context.getInputData()[itemIndex]!;
		this.isCombined = context.getWorkflowSettings().binaryMode === 'combined';
	}

	/** All files of the item, its own first; in combined binary mode also values inside its JSON, named by path. */
	all(): Field[] {
		const { binary = {}, json } = this.item;
		const own = Object.entries(binary)
			.filter(([, data]) => holdsFile(data))
			.map(([property, data]) => ({ property, binary: data }));
		return this.isCombined ? [...own, ...filesInside(json)] : own;
	}

	/** The file of a name, or in combined binary mode of a path. */
	named(property: string): Field | undefined {
		const { binary = {}, json } = this.item;
		if (Object.hasOwn(binary, property) && holdsFile(binary[property])) {
			return { property, binary: binary[property] };
		}
		const value = this.isCombined ? valueAt(json, property) : undefined;
		return isBinary(value) ? { property, binary: value } : undefined;
	}

	/** Whether a file came with this execution; one that brings its bytes along need not be stored at all. */
	mayRead({ id }: IBinaryData): boolean {
		if (!id) return true;
		return (
			this.isOfExecution(id) || this.idsOf(this.item).includes(id) || this.earlierIds().has(id)
		);
	}

	private isOfExecution(id: string): boolean {
		const { workflow, execution } = PLACE.exec(id)?.groups ?? {};
		const executions = [this.context.getExecutionId(), TEMPORARY_EXECUTION];
		return workflow === this.context.getWorkflow().id && executions.includes(execution!);
	}

	/** The files that n8n itself gave an item. */
	private idsOf({ binary = {}, json }: INodeExecutionData): string[] {
		const own = Object.values(binary).flatMap((file) => (holdsFile(file) && file.id) || []);
		if (!this.isCombined) return own;
		const files = Object.values((json[FILES_IN_JSON] as IDataObject | undefined) ?? {});
		const inJson = files.flatMap((file) => (isBinary(file) && file.id) || []);
		return own.concat(inJson.filter((id) => this.mayBeOfWorkflow(id)));
	}

	/** JSON that came from outside may have a field of that name, too. */
	private mayBeOfWorkflow(id: string): boolean {
		if (!HAS_PLACE.test(id)) return true;
		const isCalled = this.context.getMode() === 'integrated';
		const { workflow } = PLACE.exec(id)?.groups ?? {};
		return workflow !== undefined && (isCalled || workflow === this.context.getWorkflow().id);
	}

	/** The files of the steps before this one: a tool gets JSON alone, and its files lie there. */
	private earlierIds(): Set<string> {
		const { context } = this;
		const known = EARLIER_IDS.get(context);
		if (known) return known;
		const { $items } = context.getWorkflowDataProxy(0) as {
			$items: (node: string, output: number, run: number) => INodeExecutionData[];
		};
		const ids = new Set<string>();
		for (const name of namesOfEarlier(context)) {
			const runs = untilNone((run) => {
				const outputs = untilNone((output) => $items(name, output, run));
				return outputs.length > 0 ? outputs : undefined;
			});
			for (const item of runs.flat(2)) for (const id of this.idsOf(item)) ids.add(id);
		}
		EARLIER_IDS.set(context, ids);
		return ids;
	}
}

/** While a node runs, the steps before it give out nothing more. */
const EARLIER_IDS = new WeakMap<IExecuteFunctions, Set<string>>();

/** The nodes before this one; before a tool, those before its agent. */
function namesOfEarlier(context: IExecuteFunctions): Set<string> {
	const { node, source } = context.getExecuteData();
	const callers = Object.values(source ?? {}).flat();
	const nearest = [
		context.getNode().name,
		node.name,
		...callers.flatMap((caller) => caller?.previousNode ?? []),
	];
	const before = nearest.flatMap((name) => context.getParentNodes(name).map((one) => one.name));
	return new Set([...nearest, ...before]);
}

/** What `give` gives for 0, 1 and so on, until it gives nothing: n8n throws then. */
function untilNone<T>(give: (index: number) => T | undefined): T[] {
	const all: T[] = [];
	try {
		for (let next = give(0); next !== undefined; next = give(all.length)) all.push(next);
	} catch {
		// There are no more.
	}
	return all;
}

/** Binary objects anywhere in JSON, as deep and as many as anybody would put there. */
function filesInside(json: object): Field[] {
	const fields: Field[] = [];
	let left = MOST_VALUES;
	const look = (value: unknown, path: string, level: number) => {
		if (typeof value !== 'object' || value === null || level > MOST_LEVELS) return;
		if (isBinary(value)) {
			fields.push({ property: path, binary: value });
			return;
		}
		const isList = Array.isArray(value);
		for (const key in value) {
			if (left-- <= 0) return;
			const inner = isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
			look((value as IDataObject)[key], inner, level + 1);
		}
	};
	look(json, '', 0);
	return fields;
}

function valueAt(json: IDataObject, path: string): unknown {
	if (Object.hasOwn(json, path)) return json[path];
	let value: unknown = json;
	for (const key of path.split(/[.[\]]+/).filter((part) => part !== '')) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
		value = (value as IDataObject)[key];
	}
	return value;
}
