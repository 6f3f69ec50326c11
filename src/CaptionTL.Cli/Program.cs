using CaptionTL.Cli;
using CaptionTL.Service.Jobs.Running;

// The service starts this program once more for every job. Such a process is told by the service when to stop, and by no signal.
if (args is [JobProcess.Command, var folder]) return JobProcess.Run(folder);

using var interruption = Interruption.Listen(Console.Error);
return await CommandLineApp.RunAsync(args, Console.Out, Console.Error, interruption.Token);
