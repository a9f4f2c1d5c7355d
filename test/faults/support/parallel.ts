/** Works through `items`, so many at a time. */
export async function inParallel<T>(
	items: readonly T[],
	clients: number,
	work: (item: T) => Promise<void>,
): Promise<void> {
	const rest = items.values();
	const client = async () => {
		for (const item of rest) await work(item);
	};
	await Promise.all(Array.from({ length: clients }, client));
}
