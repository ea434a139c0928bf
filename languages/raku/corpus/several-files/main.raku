use Greet;
use lib 'lib';
use Shout;

say greet('Ada');
say shout(greet('Ada'));
