/** Works through `items`, so many at a time. */
export async function inParallel<T>(
	items: readonly T[],
	clients: number,
	work: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
	const rest = items.entries();
	const client = async () => {
		for (const [index, item] of rest) await work(item, index);
	};
	await Promise.all(Array.from({ length: clients }, client));
}
