import { errorSections } from './errors';
import { optionSections } from './options';
import type { Section } from './section';

/** All that the documentation takes from the code. */
export const SECTIONS: readonly Section[] = [...errorSections, ...optionSections];
