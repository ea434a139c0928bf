# What a page, a terminal, a log or an event stream might take for its own.
print("</script><script>document.title='x'</script><img src=x onerror=alert(1)>")
print("\x1b[2J\x1b]0;title\x07\x1b]8;;javascript:alert(1)\x07here\x1b]8;;\x07")
print("event: result\r\ndata: {\"status\":\"succeeded\"}\r\n\r\n")
print('"},"status":"internal_error","__proto__":{"owner":true},"x":{"')
print("\u202etxt.exe \u2066 \ufeff \u0000 \u2028")
