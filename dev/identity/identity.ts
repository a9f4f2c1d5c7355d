import identity from './identity.json';

/** Who publishes the packages, and from which repository. */
export interface Identity {
	author: { name: string; email: string };
	/** On GitHub: `owner/name`. */
	repository: string;
}

/** The one place to change it; `npm run identity` then writes it wherever it must stand literally. */
export const IDENTITY: Identity = identity;

/** A link to a repository on GitHub: owner and name. */
const LINK = /github\.com\/([\w-]+\/([\w.-]+?))(?=(?:\.git|\.)?(?![\w.-]))/g;
/** A repository of this name is ours, whoever the link says owns it. */
const OUR_NAME = 'n8n-nodes-glm-asr';

/**
 * A file that says who we are, with the names of an identity: links to the repository everywhere, the
 * author in a `package.json`, the holder of the copyright in a `LICENSE`.
 *
 * @param file its path; the name tells what else than links it may hold
 * @param written the repository that the files name until now, `owner/name`
 */
export function withIdentity(
	file: string,
	text: string,
	{ author, repository }: Identity,
	written: string,
): string {
	const linked = text.replaceAll(LINK, (link, linkedTo: string, name: string) =>
		linkedTo === written || name === OUR_NAME ? `github.com/${repository}` : link,
	);
	if (/(^|\/)package\.json$/.test(file)) {
		return `${JSON.stringify({ ...(JSON.parse(linked) as object), author }, null, '\t')}\n`;
	}
	if (/(^|\/)LICENSE$/.test(file)) {
		return linked.replace(/^(Copyright \(c\) \d+) .*/m, `$1 ${author.name} contributors`);
	}
	return linked;
}

/**
 * Why a release must not leave the repository it runs in, a sentence; undefined when it may.
 *
 * @param runsIn `owner/name`, as GitHub's workflows are told
 */
export function refusal({ repository }: Identity, runsIn: string | undefined): string | undefined {
	if (runsIn === repository) return undefined;
	return (
		`The packages say that they come from ${repository}, and this release runs in ` +
		`${runsIn ?? 'no repository of GitHub'}: write the right names into dev/identity/identity.json ` +
		'and run "npm run identity".'
	);
}
