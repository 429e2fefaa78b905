/** What the help sheet shows. The keys themselves are handled where they act. */
export const shortcutsFor = (enterSends: boolean) =>
  [
    {
      group: 'anywhere',
      rows: [
        { name: 'palette', keys: ['mod+k'] },
        { name: 'help', keys: ['?', 'mod+/'] },
        { name: 'parts', keys: ['f6'] },
        { name: 'neighbours', keys: ['alt+arrowup', 'alt+arrowdown'] },
      ],
    },
    {
      group: 'list',
      rows: [
        { name: 'move', keys: ['arrowup', 'arrowdown'] },
        { name: 'open', keys: ['enter'] },
        { name: 'menu', keys: ['shift+F10'] },
      ],
    },
    {
      group: 'conversation',
      rows: [
        { name: 'send', keys: [enterSends ? 'enter' : 'mod+enter'] },
        { name: 'newLine', keys: [enterSends ? 'shift+enter' : 'enter'] },
        { name: 'editLast', keys: ['arrowup'] },
        { name: 'cancel', keys: ['escape'] },
      ],
    },
    {
      group: 'messages',
      rows: [
        { name: 'between', keys: ['arrowup', 'arrowdown'] },
        { name: 'messageMenu', keys: ['enter'] },
        { name: 'inside', keys: ['tab'] },
        { name: 'select', keys: ['space'] },
        { name: 'newest', keys: ['end'] },
        { name: 'write', keys: ['escape'] },
      ],
    },
  ] as const;
