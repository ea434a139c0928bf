#import <Foundation/Foundation.h>

NSString *shout(NSString *text);
