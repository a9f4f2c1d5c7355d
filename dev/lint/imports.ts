import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import glob from 'fast-glob';
import { preProcessFile } from 'typescript';

/** Where the sources are. */
const SOURCES = '{core,credentials,dev,node-red/src,nodes,test}/**/*.ts';

/** Which files each file imports, types and lazy imports included; paths from the root of the repository. */
export type ImportGraph = Map<string, string[]>;

/** The imports among the sources of a checkout. */
export function importGraph(root: string): ImportGraph {
	const files = glob.sync(SOURCES, { cwd: root, ignore: ['**/node_modules/**'] }).sort();
	return new Map(
		files.map((file) => {
			const imported = importsIn(readFileSync(path.join(root, file), 'utf8'))
				.filter((specifier) => specifier.startsWith('.'))
				.map((specifier) => resolveImport(root, file, specifier));
			return [file, imported.filter((other) => files.includes(other))];
		}),
	);
}

/** What a module imports, as it says it: for use or as a type, at once or lazily, or to pass it on. */
export function importsIn(module: string): string[] {
	return preProcessFile(module).importedFiles.map(({ fileName }) => fileName);
}

/** The file that a relative import means, from the root of the repository. */
export function resolveImport(root: string, from: string, specifier: string): string {
	const target = path.posix.join(path.posix.dirname(from), specifier);
	const candidates = [`${target}.ts`, `${target}/index.ts`];
	return candidates.find((file) => existsSync(path.join(root, file))) ?? target;
}

/**
 * A circle of imports, its first file again at the end; undefined when there is none.
 *
 * Goes down from each file once, and meets a circle when it comes to a file that it is still below.
 */
export function findCircle(graph: ImportGraph): string[] | undefined {
	const done = new Set<string>();
	const way: string[] = [];

	function below(file: string): string[] | undefined {
		if (done.has(file)) return undefined;
		const start = way.indexOf(file);
		if (start >= 0) return [...way.slice(start), file];
		way.push(file);
		for (const imported of graph.get(file) ?? []) {
			const circle = below(imported);
			if (circle) return circle;
		}
		way.pop();
		done.add(file);
		return undefined;
	}

	for (const file of graph.keys()) {
		const circle = below(file);
		if (circle) return circle;
	}
	return undefined;
}
