#import <Foundation/Foundation.h>

int main(void) {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    puts("before");
    fflush(stdout);
    [NSException raise:@"Broken" format:@"boom"];
    [pool drain];
    return 0;
}
