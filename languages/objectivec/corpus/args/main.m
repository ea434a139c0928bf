#import <Foundation/Foundation.h>

int main(int argc, char **argv) {
    NSAutoreleasePool *pool = [NSAutoreleasePool new];
    for (int i = 1; i < argc; i++) printf("[%s]\n", [[NSString stringWithUTF8String:argv[i]] UTF8String]);
    [pool drain];
    return 0;
}
