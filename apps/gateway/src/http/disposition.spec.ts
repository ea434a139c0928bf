import { attachment } from './disposition';

it.each([
  ['main.py', 'main.py', 'main.py'],
  ['lib/util.py', 'util.py', 'util.py'],
  ['../../etc/passwd', 'passwd', 'passwd'],
  ['a\r\nSet-Cookie: x=1', 'a  Set-Cookie_ x=1', 'a%20%20Set-Cookie_%20x%3D1'],
  ['a"; filename="b.exe', 'a_; filename=_b.exe', 'a_%3B%20filename%3D_b.exe'],
  ["it's (1)*.txt", "it's (1)_.txt", 'it%27s%20%281%29_.txt'],
  ['\u202egpj.exe', '_gpj.exe', '_gpj.exe'],
  ['é.txt', '_.txt', '%C3%A9.txt'],
  ['100%25.txt', '100_25.txt', '100_25.txt'],
  ['..', 'file', 'file'],
  ['.bashrc', 'bashrc', 'bashrc'],
  ['', 'file', 'file'],
  ['C:\\x.txt', 'C__x.txt', 'C__x.txt'],
  ['\ud800.txt', '_.txt', '%EF%BF%BD.txt'],
])('calls %j what every system can', (name, ascii, encoded) => {
  expect(attachment(name)).toBe(`attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`);
});

it('cuts a long name between characters', () => {
  const header = attachment(`${'x'.repeat(119)}😀`);
  expect(header).toContain(`filename="${'x'.repeat(119)}"`);
});
