#import "Greeter.h"

@implementation Greeter
- (instancetype)initWithName:(NSString *)aName {
    if ((self = [super init])) name = [aName copy];
    return self;
}

- (NSString *)greeting {
    return [NSString stringWithFormat:@"Hello, %@!", name];
}

- (void)dealloc {
    [name release];
    [super dealloc];
}
@end
