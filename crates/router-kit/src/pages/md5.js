// MD5 (RFC 1321) of a text of bytes, for the router's CHAP: hexMD5(id + password + challenge).
// Letters beyond one byte are taken as UTF-8, which is what RouterOS compares with.
function hexMD5(text) {
  "use strict";
  var bytes = [], i, j, code;
  for (i = 0; i < text.length; i++) {
    code = text.charCodeAt(i);
    if (code < 256) {
      bytes.push(code);
    } else {
      var utf8 = unescape(encodeURIComponent(text.substr(i, code >= 0xd800 && code < 0xdc00 ? 2 : 1)));
      if (code >= 0xd800 && code < 0xdc00) { i++; }
      for (j = 0; j < utf8.length; j++) { bytes.push(utf8.charCodeAt(j)); }
    }
  }
  var bits = bytes.length * 8;
  bytes.push(0x80);
  while (bytes.length % 64 !== 56) { bytes.push(0); }
  for (i = 0; i < 8; i++) { bytes.push(i < 4 ? (bits >>> (8 * i)) & 255 : 0); }
  var turns = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
  var state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (var start = 0; start < bytes.length; start += 64) {
    var a = state[0], b = state[1], c = state[2], d = state[3];
    for (i = 0; i < 64; i++) {
      var round = i >> 4, mix, word;
      if (round === 0) { mix = (b & c) | (~b & d); word = i; }
      else if (round === 1) { mix = (d & b) | (~d & c); word = (5 * i + 1) % 16; }
      else if (round === 2) { mix = b ^ c ^ d; word = (3 * i + 5) % 16; }
      else { mix = c ^ (b | ~d); word = (7 * i) % 16; }
      var at = start + 4 * word;
      var value = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
      var sum = (a + mix + value + Math.floor(Math.abs(Math.sin(i + 1)) * 4294967296)) | 0;
      var turn = turns[4 * round + (i % 4)];
      a = d; d = c; c = b;
      b = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0;
    }
    state[0] = (state[0] + a) | 0; state[1] = (state[1] + b) | 0;
    state[2] = (state[2] + c) | 0; state[3] = (state[3] + d) | 0;
  }
  var hex = "";
  for (i = 0; i < 16; i++) {
    var octet = (state[i >> 2] >>> (8 * (i % 4))) & 255;
    hex += (octet < 16 ? "0" : "") + octet.toString(16);
  }
  return hex;
}
