// What is said of a model, wherever it lies.

import type { Fit, ModelNeeds } from '../../generated/protocol';
import { h } from '../../shared/dom';
import { formatBytes, formatExactBytes, formatNumber, formatShort, t } from '../../shared/i18n';
import type { Card } from '../card';
import type { Described, Licence, Offer } from '../catalogue';

/** A model in words. */
export interface Words {
  name: string;
  /** Size, format and the like. */
  facts: string[];
  licence: Licence | null;
  /** Where it came from, or where it will come from. */
  origin: string;
  fit: string | null;
}

export function describePackaged(described: Described): Words {
  return { ...ofDescribed(described), origin: t('modelsPackaged'), fit: null };
}

export function describeOffer(offer: Offer, fit: Fit | undefined): Words {
  return { ...ofDescribed(offer), origin: new URL(offer.address).host, fit: fitWords(fit, offer.needs) };
}

export function describeCard({ name, bytes, facts, licence, origin }: Card, fit: Fit | undefined): Words {
  const from = origin.from === 'catalogue' ? t('modelsFromAddress', new URL(origin.address).host) : t('modelsFromFile', origin.fileName);
  const known = facts && [facts.quantisation, t('modelsParameters', formatShort(facts.parameters)), t('optionsModelTokens', formatNumber(facts.contextTokens))];
  return { name, facts: [formatBytes(bytes), ...(known ?? [])], licence, origin: from, fit: fitWords(fit, facts?.needs) };
}

function ofDescribed({ name, bytes, quantisation, parameters, contextTokens, licence }: Described): Omit<Words, 'origin' | 'fit'> {
  const size = t('modelsParameters', formatShort(parameters));
  // The very bytes: that is what will come, and lie on the disk.
  const facts = [`${formatBytes(bytes)} (${formatExactBytes(bytes)})`, quantisation, size, t('optionsModelTokens', formatNumber(contextTokens))];
  return { name, facts, licence };
}

function fitWords(fit: Fit | undefined, needs: ModelNeeds | undefined): string | null {
  if (!fit || !needs) return null;
  const size = formatBytes(needs.weightBytes + needs.cacheBytes + needs.scratchBytes);
  switch (fit) {
    case 'fits':
      return t('modelsFits', size);
    case 'may-not':
      return t('modelsMayNotFit', size);
    case 'does-not':
      return t('modelsDoesNotFit');
  }
}

/** The lines below a model's name. */
export function lines({ facts, licence, origin, fit }: Words): HTMLElement[] {
  const link = licence?.link && h('a', { attributes: { href: licence.link, target: '_blank', rel: 'noreferrer' } }, t('modelsLicence', licence.name));
  const licenceWords = link || (licence ? t('modelsLicence', licence.name) : t('modelsLicenceUnknown'));
  return [
    h('p', { class: 'model-facts' }, facts.join(' · ')),
    h('p', {}, origin, ' · ', licenceWords),
    ...(fit === null ? [] : [h('p', {}, fit)]),
  ];
}
