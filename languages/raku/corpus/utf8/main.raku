say "Grüße, мир, 你好, 🌍";
say get;
