#import "shout.h"

NSString *shout(NSString *text) {
    return [text uppercaseString];
}
