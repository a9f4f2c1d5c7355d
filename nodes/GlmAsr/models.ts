import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { modelChoices } from '../../core';
import { fetchModels } from './connection';

/** The models to choose from: the known ones, and what the service lists when it can be asked. */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	// Without a credential or a connection the known models must still be there to choose.
	const listed = await fetchModels(this).catch(() => undefined);
	const wanted = filter.toLowerCase();
	return {
		results: modelChoices(listed)
			.filter((id) => id.toLowerCase().includes(wanted))
			.map((id) => ({ name: id, value: id })),
	};
}
