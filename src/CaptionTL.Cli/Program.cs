using CaptionTL.Cli;

using var interruption = Interruption.Listen(Console.Error);
return await CommandLineApp.RunAsync(args, Console.Out, Console.Error, interruption.Token);
