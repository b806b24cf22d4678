/** What the page does not answer, for want of events; whole, where it answers nothing of the question. */
interface Gap {
  readonly mark: 'Not recorded yet';
  readonly isWhole?: boolean;
}

interface Question {
  readonly question: string;
  readonly controls: readonly string[];
  readonly gap?: Gap;
}

const NOT_RECORDED: Gap = { mark: 'Not recorded yet' };

/** What auditors ask, with the controls that the answers support. */
export const QUESTIONS: readonly Question[] = [
  { question: 'Every production change in the period?', controls: ['SOC 2 CC8.1', 'SOX ITGC (IPE)', 'NIST CM-3'] },
  { question: 'Is it complete?', controls: ['CM-8', 'CM-8(3)', 'ISO 27001 A.8.9'], gap: NOT_RECORDED },
  { question: 'Is it accurate?', controls: ['SOX', '21 CFR 11.10(a)'] },
  { question: 'A sample that can be drawn again?', controls: ['CC8.1', 'SOX'] },
  {
    question: 'Who wrote, built, approved, promoted?',
    controls: ['CC8.1', 'AU-3', 'AU-10'],
    gap: NOT_RECORDED,
  },
  {
    question: 'Did anyone approve their own work?',
    controls: ['AC-5', 'CM-5', 'PCI 6.5.4'],
    gap: { ...NOT_RECORDED, isWhole: true },
  },
  {
    question: 'Approved before it was deployed?',
    controls: ['CC8.1', 'A.8.32', 'CM-3'],
    gap: { ...NOT_RECORDED, isWhole: true },
  },
  { question: 'Reason, impact, approval, tests, way back?', controls: ['PCI 6.5.1'] },
  { question: 'Were stages skipped?', controls: ['PCI 6.5.3', 'A.8.31', '11.10(f)'] },
  { question: 'Emergency changes reviewed afterwards?', controls: ['CC8.1', 'A.8.32'], gap: NOT_RECORDED },
  { question: 'What ran on a given day?', controls: ['CM-2', 'CM-2(3)', 'CM-8'] },
  { question: 'Deviations from the baseline?', controls: ['CM-6', 'A.8.9'], gap: NOT_RECORDED },
  { question: 'Was a fence loosened?', controls: ['CC8.1', 'CM-3'] },
  { question: 'Was the log altered?', controls: ['AU-9', 'PCI 10.3.4', '11.10(e)'] },
  { question: 'Who read or exported it?', controls: ['PCI 10.2.1.3', 'AU-9(4)'] },
  { question: 'What did administrators do?', controls: ['PCI 10.2.1.2', 'A.8.15'] },
  { question: 'Can the clocks be trusted?', controls: ['AU-8', 'PCI 10.6'] },
  { question: 'Copies for people and machines?', controls: ['11.10(b)', 'AU-7'] },
];
