import type { Meaning } from '../../core/errors/meaning';
import { NETWORK_CODES } from '../../core/errors/networkCodes';
import { OWN_CODES } from '../../core/errors/ownCodes';
import { SERVICE_CODES } from '../../core/errors/serviceCodes';
import { table, type Section } from './section';

const page = 'docs/errors.md';

/** The tables of errors that are rows in core. Those that a function words for itself are written by hand. */
export const errorSections: Section[] = [
	{
		page,
		name: 'own-codes',
		markdown: table(
			['code', 'meaning'],
			Object.entries(OWN_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]),
		),
	},
	{ page, name: 'service-errors', markdown: meanings(SERVICE_CODES) },
	{ page, name: 'network-errors', markdown: meanings(NETWORK_CODES) },
];

function meanings(rows: readonly Meaning[]): string {
	return table(
		['message', 'cause', 'cure'],
		rows.map((row) => [`… ${row.says}`, causeOf(row), row.cure]),
	);
}

/** The cause and all that it is known by: "a slow network: HTTP `408`". */
function causeOf({ cause, codes = [], statuses = [] }: Meaning): string {
	const known = [
		...(statuses.length > 0 ? [`HTTP ${list(statuses)}`] : []),
		...(codes.length > 0 ? [`${codes.length > 1 ? 'codes' : 'code'} ${list(codes)}`] : []),
	].join(', ');
	return known === '' ? cause : `${cause}: ${known}`;
}

function list(codes: readonly string[]): string {
	return codes.map((code) => `\`${code}\``).join(', ');
}
