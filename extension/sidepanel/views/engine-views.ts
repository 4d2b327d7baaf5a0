// The engine's state: in a word in the header, and below it at length while it loads or cannot run.

import type { EngineState } from '../../generated/protocol';
import { h, icon } from '../../shared/dom';
import { errorSentence, formatBytes, formatNumber, formatPercent, t } from '../../shared/i18n';
import type { Progress } from '../answer';
import type { PanelActions, PanelState } from '../controller';

type Tone = 'calm' | 'good' | 'busy' | 'bad';

/** Whether an engine in `state` is coming back from the loss of its GPU; `before` is what this said last. */
function recovers(state: EngineState | null, before: boolean): boolean {
  if (state?.state === 'failed') return state.code === 'gpu-lost';
  return before && (state?.state === 'loading' || state?.state === 'compiling');
}

/** The word and its colour for an engine in `state` whose request, if any, is at `progress`. */
function status(state: EngineState | null, progress: Progress | null, recovering: boolean): [string, Tone] {
  switch (state?.state) {
    case undefined:
      return [t('engineUnknown'), 'busy'];
    case 'unloaded':
      return [t('engineUnloaded'), 'calm'];
    case 'loading':
      return [`${t(recovering ? 'engineRecovering' : 'engineLoading')} ${formatPercent(state.bytes, state.totalBytes)}`, 'busy'];
    case 'compiling':
      return [`${t('engineCompiling')} ${formatPercent(state.done, state.total)}`, 'busy'];
    case 'failed':
      return [t(state.code === 'gpu-lost' ? 'engineGpuLost' : 'engineFailed'), 'bad'];
    case 'ready':
      if (progress?.kind === 'queued' && progress.ahead > 0) {
        return [t('engineBusy', formatNumber(progress.ahead + 1)), 'busy'];
      }
      return progress ? [t('engineWorking'), 'busy'] : [t('engineReady'), 'good'];
  }
}

/** `<engine-status>`: the word in the header. */
export class EngineStatus extends HTMLElement {
  #recovering = false;

  update(state: EngineState | null, progress: Progress | null): void {
    this.#recovering = recovers(state, this.#recovering);
    const [word, tone] = status(state, progress, this.#recovering);
    if (this.textContent !== word) this.textContent = word;
    this.dataset['tone'] = tone;
    this.title = state?.state === 'unloaded' ? t('engineUnloadedHint') : '';
  }
}

/** Failures that another model helps against. */
const OF_MODELS = ['model-missing', 'model-corrupt', 'model-unsupported', 'adapter-too-small', 'out-of-memory'];

/** Whether another model would help the engine. */
export function offersModels(state: EngineState | null): boolean {
  return state?.state === 'failed' && OF_MODELS.includes(state.code);
}

/** `<engine-detail>`: the progress of loading, what to do about a failure, and that there is no GPU. */
export class EngineDetail extends HTMLElement {
  actions!: PanelActions;
  #shown = '';
  #dismissed = false;
  #recovering = false;

  /** `said`: the failure is told elsewhere already. */
  update({ engine: state, chosenModel }: Pick<PanelState, 'engine' | 'chosenModel'>, said: boolean): void {
    this.#recovering = recovers(state, this.#recovering);
    const kind = said ? '' : this.#kind(state, chosenModel);
    this.hidden = kind === '';
    if (state?.state === 'loading' || state?.state === 'compiling') {
      this.#progress(kind, state);
    } else if (kind !== this.#shown) {
      this.replaceChildren(...this.#notice(state, chosenModel));
    }
    this.#shown = kind;
  }

  /** Names what is shown; the same name means that nothing has to be built. */
  #kind(state: EngineState | null, chosenModel: string | null): string {
    if (state?.state === 'failed') return `failed ${state.code} ${chosenModel} ${state.message}`;
    if (state?.state === 'ready') return state.adapter.software && !this.#dismissed ? 'software' : '';
    return state?.state === 'loading' || state?.state === 'compiling' ? state.state : '';
  }

  #progress(kind: string, state: EngineState & { state: 'loading' | 'compiling' }): void {
    const loading = state.state === 'loading';
    const [done, total] = loading ? [state.bytes, state.totalBytes] : [state.done, state.total];
    const line = loading
      ? t(this.#recovering ? 'engineRecoveringDetail' : 'engineLoadingDetail', formatBytes(done), formatBytes(total))
      : t('engineCompilingDetail', formatNumber(done), formatNumber(total));
    if (kind !== this.#shown) {
      this.replaceChildren(
        h('p', { class: 'loading-line' }, h('span'), h('span')),
        h('progress', { attributes: { 'aria-label': loading ? t('engineLoading') : t('engineCompiling') } }),
      );
    }
    const [text, percent] = this.querySelectorAll('span');
    text!.textContent = line;
    percent!.textContent = formatPercent(done, total);
    const bar = this.querySelector('progress')!;
    bar.max = Math.max(total, 1);
    bar.value = done;
  }

  #notice(state: EngineState | null, chosenModel: string | null): Node[] {
    if (state?.state === 'failed') {
      const offers = offersModels(state) ? this.#modelOffers(chosenModel) : [];
      return [failureNotice(state.code, state.message, ...offers)];
    }
    if (state?.state !== 'ready' || !state.adapter.software || this.#dismissed) return [];
    const dismiss = h(
      'button',
      {
        class: 'button quiet only-icon',
        attributes: { type: 'button', 'aria-label': t('dismiss'), title: t('dismiss') },
        on: {
          click: () => {
            this.#dismissed = true;
            this.update({ engine: state, chosenModel }, false);
          },
        },
      },
      icon('close'),
    );
    return [h('div', { class: 'notice warning' }, icon('warning'), h('p', {}, t('softwareNotice')), dismiss)];
  }

  /** The package's model in the place of the chosen one, and the way to all others. */
  #modelOffers(chosenModel: string | null): Node[] {
    const button = (words: string, click: () => void) => h('button', { class: 'button', attributes: { type: 'button' }, on: { click } }, words);
    const packaged = button(t('usePackaged'), () => this.actions.usePackagedModel());
    const choose = button(t('chooseModel'), () => this.actions.openSettings());
    return chosenModel === null ? [choose] : [packaged, choose];
  }
}

/** What went wrong, what to do, and the particulars for those who open them. */
export function failureNotice(code: Parameters<typeof errorSentence>[0], detail: string, ...actions: Node[]): HTMLElement {
  return h(
    'div',
    { class: 'notice danger' },
    icon('warning'),
    h(
      'div',
      {},
      h('p', {}, errorSentence(code)),
      detail !== '' && h('details', {}, h('summary', {}, t('engineDetails')), h('p', {}, `${code}: ${detail}`)),
      actions.length > 0 && h('div', { class: 'banner-buttons' }, ...actions),
    ),
  );
}
