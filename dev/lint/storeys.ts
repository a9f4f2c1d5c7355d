/**
 * The storeys of the house, top first: a file uses its own storey and those below. A room is a file, or
 * a folder with all in it that is no room of its own.
 */
export const STOREYS: string[][] = [
	['nodes/', 'credentials/', 'node-red/src/'],
	['core/index.ts'],
	['core/'],
	['core/api/', 'core/transcript/'],
	['core/audio/'],
	['core/audio/formats/'],
	['core/audio/track/'],
	['core/audio/codecs/', 'core/audio/cut/', 'core/audio/resample/'],
	['core/audio/errors.ts', 'core/audio/pcm.ts', 'core/audio/source/', 'core/audio/streamInfo.ts'],
	['core/errors/', 'core/flow/'],
];

/** A door that is shut though it leads down or across. */
interface ShutDoor {
	from: RegExp;
	to: RegExp;
	/** Ends a sentence. */
	because: string;
}

export const SHUT_DOORS: ShutDoor[] = [
	{
		from: /^(nodes|credentials|node-red\/src)\//,
		to: /^(?!core\/index\.ts$)/,
		because: 'a host knows only its own room and core/index.ts',
	},
	{
		from: /^core\/audio\/codecs\//,
		to: /^core\/audio\/cut\//,
		because: 'a codec knows packets and nothing of pieces',
	},
	{
		from: /^core\/audio\/formats\//,
		to: /^core\/audio\/codecs\/(.+\/)?decoder\.ts$/,
		because: 'a format knows no decoder',
	},
];

/** The packages that rooms use, and Node.js as `node:`; every other package is shut to them. */
export const PACKAGES: { in: RegExp; are: RegExp }[] = [
	{ in: /^core\//, are: /^(eventsource-parser|opus-decoder)$/ },
	{ in: /^(nodes|credentials)\//, are: /^n8n-workflow$/ },
	{ in: /^node-red\/src\//, are: /^(node:.*|node-red|form-data|undici)$/ },
];

/**
 * Why a file may not import another; ends a sentence. Undefined when it may.
 *
 * @param from, to paths from the root of the repository
 */
export function whyShut(from: string, to: string): string | undefined {
	const room = roomOf(from);
	if (!room) return undefined;
	const other = roomOf(to);
	if (!other) return 'that is outside the house';
	if (other.name === room.name) return undefined;
	if (other.storey < room.storey)
		return `that is up the storeys, from ${room.name} to ${other.name}`;
	return SHUT_DOORS.find((door) => door.from.test(from) && door.to.test(to))?.because;
}

/** Why a file may not import a package; ends a sentence. Undefined when it may. */
export function whyNoPackage(from: string, name: string): string | undefined {
	const shelf = PACKAGES.find((packages) => packages.in.test(from));
	return !shelf || shelf.are.test(name) ? undefined : 'this room uses no such package';
}

/** The room with the longest name that a path begins with. */
function roomOf(file: string): { name: string; storey: number } | undefined {
	return STOREYS.flatMap((names, storey) => names.map((name) => ({ name, storey })))
		.filter(({ name }) => `${file}/`.startsWith(name.replace(/\w$/, '$&/')))
		.sort((a, b) => b.name.length - a.name.length)[0];
}
