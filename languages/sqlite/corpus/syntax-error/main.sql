selec 'never';
