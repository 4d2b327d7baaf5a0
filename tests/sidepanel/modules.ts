// What the tests of the panel load.

export * from '../../extension/content/card/outcome';
export { place } from '../../extension/content/card/place';
export { cutAtFlags } from '../../extension/shared/flags';
export { newAnswer, takeEvent as takeAnswerEvent, tokensUsed } from '../../extension/sidepanel/answer';
export { toBlocks } from '../../extension/sidepanel/blocks';
export { PanelController } from '../../extension/sidepanel/controller';
export { copyText } from '../../extension/sidepanel/copy';
export * from '../../extension/sidepanel/thread';
export * from '../gallery/article';
export * from '../gallery/doubles';
