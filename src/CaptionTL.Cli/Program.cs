Console.Error.WriteLine("captiontl");
return 0;
