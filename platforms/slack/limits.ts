/** Slack's own limits, from its reference (2026). Nothing is cut to fit them in silence: what is shortened says so by an ellipsis, and a test holds every message and form against them. */
export const limits = {
  blocks: 50,
  /** Letters of all blocks of a message together: in no reference, and met above some 12,000 (slackapi/bolt-js#2509, #2867). */
  letters: 10_000,
  viewBlocks: 100,
  viewTitle: 24,
  viewButton: 24,
  metadata: 3_000,
  /** Letters of a section's text, and of what is typed into a form. */
  section: 3_000,
  header: 150,
  input: 3_000,
  label: 2_000,
  hint: 2_000,
  placeholder: 150,
  button: 75,
  /** Of what a button or an option carries. */
  buttonValue: 2_000,
  optionValue: 150,
  optionText: 75,
  options: 100,
  actionId: 255,
  /** Buttons of one row; Slack takes 25, and shows five without folding them away. */
  rowButtons: 5,
  actions: 25,
  contextElements: 10,
  /** Letters of the plain words that stand for the blocks in notices. */
  fallback: 700,
  fileTitle: 255,
  altText: 1_000,
} as const;

/** What pictures may be called, so that the picker offers them; what is in them is looked at all the same. */
export const pictureTypes = ['jpg', 'jpeg', 'png', 'webp', 'avif', 'gif', 'heic', 'heif'] as const;
